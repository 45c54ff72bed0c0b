"""The dock beside the demo's terminal: lay cards, show faces, cut the network, break devices, switch the power."""
