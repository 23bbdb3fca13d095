"""Mercat: runs a whole store on one machine. Each room imports only those below it.

From the top: cli (the command line), commands (one module each), portal (front page, docs, mail) beside data (backup,
import, demo shop), stack (processes and their supervisor), edge (Traefik), config (services and settings), installation
(folders, secrets) beside demo (drawings of the demo shop).
"""
