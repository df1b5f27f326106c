"""The till: what is for sale, the cart, the payment, and the shift around them."""
