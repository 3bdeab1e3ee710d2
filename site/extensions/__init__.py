"""What our site adds to Sphinx: each module is one idea and one `setup`."""
