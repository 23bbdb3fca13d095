"""The site of the documents: what is made from the code, what is checked, what is built. `make docs`."""
