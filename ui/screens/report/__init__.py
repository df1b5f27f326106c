"""The books as those see them who count: figures with charts, what differs, and every receipt."""
