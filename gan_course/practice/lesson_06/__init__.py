"""Exercise 06: a draw that gradients pass through, its divergence from noise, the bound that a VAE
descends, and a tighter one."""
