"""The scoreboard: models trained on the digits on equal terms, and every measure of them."""
