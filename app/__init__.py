"""The doors: command line and the script that brings everything up."""
