"""The catalogue of service items: YAML files here are its source, a packed and hashed file is what terminals load."""

from seeds.catalogue.catalogue import Catalogue

__all__ = ["Catalogue"]
