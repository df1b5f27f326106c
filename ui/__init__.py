"""What a person sees, hears and touches. Decides nothing about money or entry."""
