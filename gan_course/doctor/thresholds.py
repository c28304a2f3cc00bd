"""The thresholds beyond which a run is called unhealthy.

They lie between groups of runs that were measured on a CPU: the lesson profile except for what the
table says, five seeds (0 to 4) for each setting, every checkpoint of the second half of the run.
Each column holds the least and the greatest value found: of the smaller of `Accuracy`'s shares, of
the discriminator's loss as a share of what guessing costs, of `Variety`'s spread and imbalance; the
last holds the largest value of any recorded column.

group                                          accuracy   loss       spread     imbalance  largest
healthy: gan on gaussian, also least_squares;
    1,000, 3,000 steps                         0-0.50     1.00       0.84-1.02  0.03-0.11  4.3
healthy: gan on mixture as in lesson 01, or
    lr_g = 4e-3 or 8e-3                        0.08-0.53  0.98-1.00  0.93-1.02  0.03-0.31  6.5
healthy: dcgan, also other losses, batch_norm
    off; 400, 1,200                            0-0.86     0.60-1.00  0.74-1.06  0.10-0.33  48
collapsed: gan on mixture, also r1_weight =
    0; 1,000 steps                             0.48-0.51  0.69-0.73  0.22-0.44  0.46-0.53  11
collapsed: dcgan, lr_d = 2e-5; 400 steps       0          1.13-1.20  0.28-0.40  0.91       9.8
collapsed: the same, lr_g = 2e-2, lr_d =
    1e-5, batch_norm off                       0          1.29-1.45  0.22-0.35  0.91       16
collapsed: the same, lr_d = 2e-4               0-0.22     0.99-1.02  0.28-0.94  0.48-0.91  19
too strong: gan, lr_g = 1e-8, also
    r1_weight = 0, least_squares, or minimax
    with lr_g = 1e-5, lr_d = 4e-2; 1,000 steps 0.96-1     0-0.13     0.01-0.06  0.80-0.90  208
too strong: gan on digits; 600 steps           1          0-0.06     0.06-0.09  0.91       187
too strong: dcgan, lr_g = 1e-8 or 2e-5;
    400 steps                                  1          0          0.12-0.19  0.91       459
too strong: dcgan, lr_d = 4e-2, spectral_norm
    off; 400 steps                             0.92-1     0-1.9      0.19-0.45  0.91       6e4-1e6
exploded: lr_g = lr_d = 1 or 10, dcgan
    without spectral_norm                      0-1        0-3e4      0-3e5      0.18-0.91  7e5-1e13

The last norms of gradients were at most 1.8 in healthy runs, at most 29 where the discriminator
was too strong, and 165 to 2,400 in the last group but one; the generator's was at least 7e-4 in
healthy runs, and 2e-6 where minimax had saturated. Nearest neighbours were 0.68 to 1.2 times as far
apart as real ones in healthy runs of dcgan, 0.14 to 0.55 times in runs of gan on digits that drew
digits, and 0.02 times in those that did not.

What the thresholds cannot tell: a generator that jumps from mode to mode may hold both at the
checkpoint that is looked at (gan on mixture, without R1 and with a generator 20 times as fast as
its discriminator, was found collapsed in 4 of 5 seeds). Low variety in the first half of a run is
only "advice": on the mixture, lesson 01's runs hold one mode for up to 1,500 of their 6,000 steps.
Full profiles were not measured. The runs of dcgan had width = 8, latent_dim = 64, batch_size = 64,
lr_g = lr_d = 2e-3 and decay_start = 0.5; two with today's lesson profile (400 steps, seeds 0 and 1)
lay within the healthy group.
"""

from __future__ import annotations

LATE, FIRST = 100, 10  # steps whose median is "lately" and "at first"
# times the number of steps that the weights are averaged over: earlier samples say too little
SETTLED = 3

# right about as many real samples and as many fresh ones: the discriminator is hardly ever fooled
SURE = 0.9
# its loss as a share of what guessing costs: below, nothing is left to learn; above, it is worse
# than guessing
IDLE, USELESS = 0.3, 1.07
EXPLODED = 7000.0  # any value of any column
STEEP, FLAT = 70.0, 3e-5  # a gradient's norm, lately
ALIKE, TWINS, LOPSIDED = 0.6, 0.1, 0.4  # `Variety`'s spread and nearest below, its imbalance above
