"""What CARD.md of the groove GAN says, with places for its figures."""

TEMPLATE = """# Groove GAN

A drummer who makes two bars of kit in one call: to the rhythm that you tap on any key, or beside what you play.

- A generator of {drummer} and a critic of {judge} weights (mixers: {size}); {kilobytes:.0f} kB in two graphs
- It gives onsets, velocities and micro-timing of nine drums on 32 steps of a 16th; noise is an input, so the
  same seed and window give the same groove
- Trained for {steps} steps, {minutes:.1f} minutes of one CPU core
- Licence of the weights: CC-BY-4.0

## The game

The judge scores what a human played above what the drummer makes for the same rhythm and wishes, and the
drummer the other way round: a relativistic loss with zero-centred penalties on both sides' gradients (Huang et
al., R3GAN, 2024). The judge is also shown
human windows that are spoilt: with another's rhythm, with their beats in another order, with a fifth of their hits
elsewhere. First ({alone:.0%} of the time) the drummer learns alone to play every human window again from the noise
that a reader finds in it (the reader is not part of the pack); in the game this goes on beside it, and the factor of
the game follows the slopes at the drummer's last layer, so that the game has {share:.0%} of them and reconstruction
the rest (factor at the end: {factor:.2f}, at most 8). Last ({tune:.0%}) the judge goes on alone, so that it tells what
the drummer has become.

## What it learnt from

{windows} windows of human drumming ({performances} performances and pieces; {fills} windows with a fill),
{beside} of them laid under pieces whose lead, chords and bass are then the rhythm. Fills are labelled by the
drummers: their single bars are put behind (or before) a bar of beat of the same drummer and genre, and in long
beats a bar with three tom hits more than usual counts as a fill (by rule). Taps are the kit squashed into one
line, with pieces, accents and hits left out at random.

All figures below are of {held} windows of {held_performances} held-out performances that were not trained on. The tap
is their bass drum, snare and toms in one line. The noise has {radius} of the radius it had in training, as it is played
at temperature 1: so grooves for one tap differ about as much as humans' do.

## How it follows, and how it plays

{players}

«Taps hit»: share of the taps at which some drum is hit. «F1 of skins and taps»: of the steps with bass drum,
snare or tom against the taps. «Hits» is in all, where humans have 1. «Step rates off»: mean difference of the
share of windows in which a drum is hit on a step. W1 is the Wasserstein distance, bits the Jensen-Shannon
divergence, of all velocities (MIDI) and of all offsets from the grid. The last row is the yardstick: one half
of the held-out performances against the other, the mean of 20 halvings.

The groove that a human of training played to the nearest tap is a human's, and so as near to the held-out humans as
they are to each other; but it takes all the data along, has one answer for a tap, and cannot be asked for a density, a
fill or another drummer.

{pieces}

## Whether it repeats itself

Mean difference of two grooves, as a share of the hits that either has.

{diversity}

## The critic

The `critic` graph scores a groove for its tap. It was trained against windows of the first four kinds
(of training drummers); the others it never met.

{telling}

As a critic of another pack: `{other}` was asked {answers} times for drums to each of {taps} held-out taps. The human
groove is scored above its answers in {above:.0%} of the pairs (AUC {area:.3f}). Of the critic's choice / all answers /
its last: difference from the nearest human groove of training {nearest}; F1 of skins and taps {fits}.

## Fills and density

Tom hits in the second bar: humans {beat_human:.2f} in beats and {fill_human:.2f} in fills; GAN {beat:.2f} where
no fill is asked for and {fill:.2f} where one is.

{density}

## How fast it is

In the time of one core (others were busy beside it): {generate:.2f} ms for the graph (p50; {generate99:.2f} p99),
{window:.2f} ms for a window from ask to last note, {several:.2f} ms for the best of four by the critic.

## What it is bad at

- It hears two bars and knows no longer form than its fills; a tap of more than one bar that does not come round
  after two is folded.
- One hit of a drum on a 16th: flams, drags and rolls of 32nds are thinned out, and only the nine drums of the
  kit are there (no rim, no pedal hi-hat, no cowbell).
- Almost all its drummers play 4/4. Other meters were made by cutting bars of 4/4; a bar of 6/8 is not felt in two.
- Triplet grooves lie on the 16ths with their lateness; with feel at 0 they become dotted.
- Where lead, chords or bass are the rhythm, it learnt from drums that were laid under by genre and tempo, so it
  keeps time beside them more than it answers them.
"""

TAIL = """
## What it is told

```
{layout}
```

## Where it comes from

{sources}

## How it is made

```
{commands}
```
"""
