"""Why a network that could memorize does not only memorize, as far as it is known."""
