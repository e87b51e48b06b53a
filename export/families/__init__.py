"""One module a model family: the network, its loss and its export."""
