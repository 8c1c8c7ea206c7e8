"""Memory in networks, recurrent networks, and how gradients travel through time.

"""
