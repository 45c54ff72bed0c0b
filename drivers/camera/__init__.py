"""Kind camera: pictures of the resident's face and, later, of documents."""
