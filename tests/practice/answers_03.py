"""Right answers to exercise 03, written in other ways than the solution, and wrong ones with the
words that tell their hint from others."""

from __future__ import annotations

import torch
from balanced_batches import batch, drawn_by_turns, smallest_keys, with_weights
from torch import nn
from torch.nn import functional as F

from gan_course.metrics import variety_within_classes

# Question 1


def looked_up(z, labels, table):
    return torch.hstack((z, F.embedding(labels, table)))


def one_hot_product(z, labels, table):
    return torch.cat((z, F.one_hot(labels, len(table)).to(table) @ table), -1)


def row_by_row(z, labels, table):
    return torch.stack(
        [torch.cat([noise, table[label]]) for noise, label in zip(z, labels.tolist(), strict=True)]
    )


def plane_by_plane(x, labels, planes):
    height, width = x.shape[-2:]
    return torch.stack(
        [
            torch.cat([image, planes[label].view(1, height, width)])
            for image, label in zip(x, labels, strict=True)
        ]
    )


def unflattened(x, labels, planes):
    return torch.cat([x, nn.Unflatten(1, (1, *x.shape[2:]))(F.embedding(labels, planes))], dim=1)


def selected(x, labels, planes):
    return torch.cat([x, planes.index_select(0, labels).view_as(x[:, 0])[:, None]], dim=-3)


def plane_of(x, labels, planes):
    return planes[labels].reshape(len(x), 1, *x.shape[2:])


def turned(x, labels, planes):
    return torch.cat([x, planes[labels].reshape(len(x), 1, x.shape[3], x.shape[2]).mT], 1)


def number_plane(x, labels, planes):
    return torch.cat([x, labels.view(-1, 1, 1, 1).expand(-1, 1, *x.shape[2:]).float()], 1)


def channel_a_class(x, labels, planes):
    return torch.cat(
        [x, F.one_hot(labels, len(planes))[:, :, None, None].expand(-1, -1, *x.shape[2:]).float()],
        1,
    )


def repeated(rows, n):
    return rows[:1].expand(n, *rows.shape[1:])


# Question 2


def all_classes(features, labels, weight, bias, class_vectors):
    return F.linear(features, weight, bias) + (features @ class_vectors.T).gather(
        1, labels[:, None]
    )


def one_vector(features, labels, weight, bias, class_vectors):
    """ψ is linear as well, so that its weights and the class's vector may be added first."""
    return torch.einsum("nf,nf->n", features, weight + class_vectors[labels])[:, None] + bias


def batched(features, labels, weight, bias, class_vectors):
    return torch.baddbmm(
        F.linear(features, weight, bias)[:, None],
        features[:, None],
        F.embedding(labels, class_vectors)[:, :, None],
    )[:, 0]


def looks(features, weight, bias):
    return features @ weight.T + bias


def fits(features, labels, class_vectors):
    return (features * class_vectors[labels]).sum(1, keepdim=True)


def score(looks=looks, fits=fits):
    """The right score with one part exchanged."""
    return lambda features, labels, weight, bias, class_vectors: (
        looks(features, weight, bias) + fits(features, labels, class_vectors)
    )


# Question 3


def subtract(real_head, fake_head):
    return real_head - fake_head


def looks_by_logsumexp(features, real_head, fake_head, log_ratio):
    return (
        log_ratio - (features @ real_head.T).logsumexp(-1) + (features @ fake_head.T).logsumexp(-1)
    )


def looks_by_largest(features, real_head, fake_head, log_ratio):
    """The sum in logarithms by hand: the largest term is taken out first."""

    def log_z(head):
        terms = features @ head.T
        top = terms.max(dim=1, keepdim=True).values
        return (top + (terms - top).exp().sum(dim=1, keepdim=True).log()).squeeze(1)

    return log_ratio + log_z(fake_head) - log_z(real_head)


def looks_by_first_class(features, real_head, fake_head, log_ratio):
    """What is left of the best logit of class 0 after its inner product."""
    real, fake = (F.log_softmax(features @ head.T, dim=1)[:, 0] for head in (real_head, fake_head))
    return real - fake + log_ratio - features @ (real_head - fake_head)[0]


def centred(real_head, fake_head):
    """A vector that all classes share may as well be given to the looks."""
    return (real_head - fake_head) - (real_head - fake_head).mean(dim=0)


def looks_beside_centred(features, real_head, fake_head, log_ratio):
    shared = (real_head - fake_head).mean(dim=0)
    return looks_by_logsumexp(features, real_head, fake_head, log_ratio) + features @ shared


def log_z(features, head):
    return (features @ head.T).logsumexp(1)


def z(features, head):
    return (features @ head.T).exp().sum(1)


# Question 5


def right_by_count(logits, asked):
    return torch.count_nonzero(logits.max(1).indices == asked) / len(asked)


def right_as_number(logits, asked):
    return sum(
        int(row.argmax()) == int(wish) for row, wish in zip(logits, asked, strict=True)
    ) / len(asked)


def variety_by_loops(features, labels, classes):
    found = []
    for label in range(classes):
        own = features[labels == label]
        found.append(
            torch.stack(
                [(own[i] - own[j]).norm() for i in range(len(own)) for j in range(i)]
            ).mean()
        )
    return torch.stack(found)


def variety_by_table(features, labels, classes):
    same = (
        F.one_hot(labels, classes).T[:, :, None] * F.one_hot(labels, classes).T[:, None]
    ).bool() & ~torch.eye(len(labels), dtype=torch.bool)
    distance = torch.cdist(features, features, compute_mode="donot_use_mm_for_euclid_dist")
    return (distance * same).sum((1, 2)) / same.sum((1, 2))


def nearest_by_difference(samples, training):
    return (samples[:, None] - training[None]).pow(2).sum((2, 3, 4)).sqrt().min(1).values


def nearest_one_by_one(samples, training):
    return torch.stack(
        [torch.stack([torch.dist(sample, image) for image in training]).min() for sample in samples]
    )


def per_class(of):
    return lambda features, labels, classes: torch.stack(
        [of(features[labels == label]) for label in range(classes)]
    )


def table(own):
    return (own[:, None] - own[None]).norm(dim=2)


def nonzero_mean(distances):
    return distances[distances > 0].mean() if (distances > 0).any() else distances.sum()


def apart(samples, training):
    return torch.cdist(samples.flatten(1), training.flatten(1))


RIGHT = {
    "03.q1": {
        "looked up": (looked_up, unflattened),
        "one-hot product": (one_hot_product, selected),
        "row by row": (row_by_row, plane_by_plane),
    },
    "03.q2": {
        "every class, then one": (all_classes,),
        "one vector": (one_vector,),
        "batched product": (batched,),
        "double precision": (
            lambda *inputs: score()(*(x.double() if x.is_floating_point() else x for x in inputs)),
        ),
    },
    "03.q3": {
        "logsumexp": (lambda real, fake: -(fake - real), looks_by_logsumexp),
        "largest term taken out": (torch.sub, looks_by_largest),
        "what is left of class 0": (subtract, looks_by_first_class),
        "shared vector with the looks": (centred, looks_beside_centred),
    },
    "03.q4": {
        "smallest random keys": (smallest_keys,),
        "drawn by turns": (drawn_by_turns,),
        "multinomial": (with_weights,),
        "by parts": (batch(),),
    },
    "03.q5": {
        "counted": (right_by_count, variety_by_loops, nearest_by_difference),
        "plain number": (right_as_number, variety_by_table, nearest_one_by_one),
        "the library's": (
            right_by_count,
            variety_within_classes,
            lambda samples, training: apart(training, samples).T.amin(1),
        ),
    },
}

WRONG = {
    "03.q1": {
        "label as a number": (
            (lambda z, y, table: torch.cat([z, y[:, None].float()], 1), selected),
            "the label as a number: is 7",
        ),
        "one-hot": (
            (lambda z, y, table: torch.cat([z, F.one_hot(y, len(table)).float()], 1), selected),
            "one column for each class",
        ),
        "vector first": (
            (lambda z, y, table: torch.cat([table[y], z], 1), selected),
            "the class's vector before the noise",
        ),
        "first class for all": (
            (lambda z, y, table: torch.cat([z, repeated(table, len(z))], 1), selected),
            "gives every sample the same vector",
        ),
        "first label for all": (
            (lambda z, y, table: torch.cat([z, repeated(table[y], len(z))], 1), selected),
            "the first one's vector",
        ),
        "noise scaled": (
            (lambda z, y, table: torch.cat([2 * z, table[y]], 1), selected),
            "Row i is sample i",
        ),
        "labels sorted": (
            (lambda z, y, table: torch.cat([z, table[y.sort().values]], 1), selected),
            "Row i is sample i",
        ),
        "noise replaced": (
            (lambda z, y, table: table[y], selected),
            "`join_to_noise` returned shape (9, 3)",
        ),
        "noise detached": (
            (lambda z, y, table: torch.cat([z.detach(), table[y]], 1), selected),
            "not the noise's gradient",
        ),
        "table detached": (
            (lambda z, y, table: torch.cat([z, table.data[y]], 1), selected),
            "the vectors of the classes could never be learned",
        ),
        "below one another": (
            (lambda z, y, table: torch.cat([z, table[y]]), selected),
            "along which dimension",
        ),
        "added": ((lambda z, y, table: z + table[y], selected), "Joining puts them side by side"),
        "planes as rows": (
            (looked_up, lambda x, y, planes: torch.cat([x, planes[y]], 1)),
            "equally many dimensions",
        ),
        "planes of the wrong size": (
            (looked_up, lambda x, y, planes: planes[y].view(len(x), *x.shape[2:], 2)),
            "A reshape must keep",
        ),
        "plane added": (
            (looked_up, lambda x, y, planes: x + plane_of(x, y, planes)),
            "as many channels as came in",
        ),
        "channel a class": ((looked_up, channel_a_class), "one channel for each class"),
        "plane first": (
            (looked_up, lambda x, y, planes: torch.cat([plane_of(x, y, planes), x], 1)),
            "the plane before the image",
        ),
        "by columns": ((looked_up, turned), "column by column"),
        "label as a plane": ((looked_up, number_plane), "fills a plane with the label"),
        "first label's plane": (
            (
                looked_up,
                lambda x, y, planes: torch.cat([x, repeated(plane_of(x, y, planes), len(x))], 1),
            ),
            "the first one's plane",
        ),
        "plane squashed": (
            (looked_up, lambda x, y, planes: torch.cat([x, plane_of(x, y, planes).tanh()], 1)),
            "Image i keeps its channels",
        ),
        "images detached": (
            (looked_up, lambda x, y, planes: selected(x.detach(), y, planes)),
            "not the images' gradient",
        ),
        "planes detached": (
            (looked_up, lambda x, y, planes: selected(x, y, planes.detach())),
            "the planes could never be learned",
        ),
        "last two sides exchanged": (
            (looked_up, lambda x, y, planes: selected(x, y, planes).mT),
            "`join_to_images` returned shape (9, 2, 6, 4)",
        ),
    },
    "03.q2": {
        "looks alone": ((score(fits=lambda *_: 0),), "nothing of its class"),
        "fit alone": ((score(looks=lambda *_: 0),), "nothing of how real it looks"),
        "no bias": ((score(looks=lambda f, w, b: f @ w.T),), "leaves a part of the last layer out"),
        "subtracted": (
            (score(fits=lambda f, y, v: -fits(f, y, v)),),
            "low where image and class fit",
        ),
        "multiplied": (
            (lambda f, y, w, b, v: looks(f, w, b) * fits(f, y, v),),
            "multiplies how real",
        ),
        "mean of products": (
            (score(fits=lambda f, y, v: (f * v[y]).mean(1, keepdim=True)),),
            "averages over the features",
        ),
        "scaled": (
            (score(fits=lambda f, y, v: fits(f, y, v) / f.shape[1] ** 0.5),),
            "as attention does",
        ),
        "cosine": (
            (score(fits=lambda f, y, v: F.cosine_similarity(f, v[y])[:, None]),),
            "takes the cosine",
        ),
        "all classes": (
            (score(fits=lambda f, y, v: (f @ v.T).sum(1, keepdim=True)),),
            "adds up all classes",
        ),
        "best class": (
            (score(fits=lambda f, y, v: (f @ v.T).amax(1, keepdim=True)),),
            "the class that fits best",
        ),
        "softmax": (
            (score(fits=lambda f, y, v: (f @ v.T).log_softmax(1).gather(1, y[:, None])),),
            "takes a softmax over the classes",
        ),
        "summed over the batch": (
            (score(fits=lambda f, y, v: (f * v[y]).sum()),),
            "every sample's inner product",
        ),
        "every pair": ((score(fits=lambda f, y, v: (f * v[y]).sum(1)),), "a score for every pair"),
        "matrix product": ((score(fits=lambda f, y, v: f @ v[y].T),), "a score for every pair"),
        "every class": ((score(fits=lambda f, y, v: f @ v.T),), "a score for every class"),
        "no sum": ((score(fits=lambda f, y, v: f * v[y]),), "not yet inner products"),
        "flat": ((lambda *inputs: score()(*inputs).squeeze(1),), "expected (8, 1), a column"),
        "vectors as columns": (
            (score(fits=lambda f, y, v: (f @ v).gather(1, y[:, None])),),
            "must be turned",
        ),
        "labels unused": (
            (score(fits=lambda f, y, v: (f * v).sum(1, keepdim=True)),),
            "How do labels choose rows",
        ),
        "features squashed": (
            (score(fits=lambda f, y, v: fits(f.relu(), y, v)),),
            "Work it out by hand for two features",
        ),
        "features detached": (
            (score(fits=lambda f, y, v: fits(f.detach(), y, v)),),
            "the gradient at `features`",
        ),
        "class vectors detached": (
            (score(fits=lambda f, y, v: fits(f, y, v.data)),),
            "the gradient at `class_vectors`",
        ),
        "weight detached": (
            (score(looks=lambda f, w, b: looks(f, w.detach(), b)),),
            "the gradient at `weight`",
        ),
    },
    "03.q3": {
        "away from the data": (
            (lambda real, fake: fake - real, looks_by_logsumexp),
            "points away from the data",
        ),
        "sum of heads": ((torch.add, looks_by_logsumexp), "adds the two sides"),
        "real head alone": (
            (lambda real, fake: real, looks_by_logsumexp),
            "knows the real side only",
        ),
        "generated head alone": (
            (lambda real, fake: fake, looks_by_logsumexp),
            "knows the generated side only",
        ),
        "ratio of heads": ((torch.div, looks_by_logsumexp), "divides number by number"),
        "no classes": (
            (lambda real, fake: subtract(real, fake).mean(0).expand_as(real), looks_by_logsumexp),
            "the same for every class",
        ),
        "softmax of heads": (
            (lambda real, fake: real.softmax(0) - fake.softmax(0), looks_by_logsumexp),
            "underline what depends on y",
        ),
        "transposed": (
            (lambda real, fake: subtract(real, fake).T, looks_by_logsumexp),
            "`best_class_vectors` returned shape (4, 5)",
        ),
        "ratio of the images alone": (
            (subtract, lambda f, real, fake, r: r),
            "where have they gone",
        ),
        "ratio forgotten": (
            (subtract, lambda f, real, fake, r: log_z(f, fake) - log_z(f, real)),
            "forgets how real the image looks",
        ),
        "denominators exchanged": (
            (subtract, lambda f, real, fake, r: r + log_z(f, real) - log_z(f, fake)),
            "the wrong way round",
        ),
        "ratio subtracted": (
            (subtract, lambda f, real, fake, r: log_z(f, fake) - log_z(f, real) - r),
            "own ratio with the wrong sign",
        ),
        "sign": (
            (subtract, lambda *inputs: -looks_by_logsumexp(*inputs)),
            "`best_looks` has the right size and the wrong sign",
        ),
        "one denominator": (
            (subtract, lambda f, real, fake, r: r - log_z(f, real)),
            "one denominator of two",
        ),
        "other denominator": (
            (subtract, lambda f, real, fake, r: r + log_z(f, fake)),
            "one denominator of two",
        ),
        "denominators added": (
            (subtract, lambda f, real, fake, r: r + log_z(f, fake) + log_z(f, real)),
            "adds both denominators",
        ),
        "no exponential": (
            (subtract, lambda f, real, fake, r: r + (f @ fake.T).sum(1) - (f @ real.T).sum(1)),
            "What does a softmax sum",
        ),
        "no logarithm": (
            (subtract, lambda f, real, fake, r: r + z(f, fake) - z(f, real)),
            "subtracts Z itself",
        ),
        "largest term": (
            (subtract, lambda f, real, fake, r: r + (f @ fake.T).amax(1) - (f @ real.T).amax(1)),
            "the largest term for the whole sum",
        ),
        "mean on one side": (
            (
                subtract,
                lambda f, real, fake, r: r + (f @ fake.T).exp().mean(1).log() - log_z(f, real),
            ),
            "averages one side",
        ),
        "logarithm of inner products": (
            (subtract, lambda f, real, fake, r: r + (f @ fake.T).log().sum(1)),
            "at ordinary features",
        ),
        "plain exponential": (
            (subtract, lambda f, real, fake, r: r + z(f, fake).log() - z(f, real).log()),
            "sums in logarithms",
        ),
        "clamped": (
            (
                subtract,
                lambda f, real, fake, r: (
                    r + log_z(f.clamp(-20, 20), fake) - log_z(f.clamp(-20, 20), real)
                ),
            ),
            "levels off",
        ),
        "shared vector forgotten": ((centred, looks_by_logsumexp), "do not add up"),
        "column": (
            (subtract, lambda *inputs: looks_by_logsumexp(*inputs)[:, None]),
            "`best_looks` returned shape (7, 1)",
        ),
    },
    "03.q4": {
        "blind": (
            (batch(rows="blind"),),
            "Every class should come equally often, however many rows it has",
        ),
        "leftovers dropped": (
            (batch(leftovers="dropped"),),
            "Who gets what does not divide evenly",
        ),
        "leftovers to one class": ((batch(leftovers="one"),), "who gets the leftovers"),
        "leftovers with replacement": (
            (batch(leftovers="with replacement"),),
            "who gets the leftovers",
        ),
        "leftovers to the first": ((batch(leftovers="first"),), "Who decides that in yours"),
        "with replacement": ((batch(rows="with replacement"),), "When may a row come again"),
        "always the first rows": (
            (batch(rows="first", leftovers="first"),),
            "returns the same batch every time",
        ),
        "generator set back": ((batch(reseed=True),), "returns the same batch every time"),
        "last row left out": ((batch(rows="all but the last"),), "rows never come"),
        "first row favoured": (
            (batch(rows="favours the first"),),
            "what sets it apart from the others",
        ),
        "global generator": ((batch(generator="global"),), "does not know `generator`"),
        "leftovers by the global generator": (
            (batch(leftovers="global"),),
            "does not know `generator`",
        ),
        "too few rows": ((batch(rows="no repeats"),), "is due them all the same"),
        "row that is not there": ((batch(rows="beyond the end"),), "as many rows as are due"),
        "all numbers up to the largest class": (
            (batch(classes="up to the largest"),),
            "a class here without any rows",
        ),
        "... where an empty class gives none": (
            (batch(classes="up to the largest", rows="no repeats"),),
            "0, 1, 2 and so on",
        ),
        "as many classes from 0": (
            (batch(classes="counted", rows="with replacement"),),
            "expects 'from'",
        ),
        "labels": ((batch(gives="labels"),), "or the labels in them"),
        "places in the class": ((batch(gives="places"),), "Counted among all rows"),
        "mask": ((batch(gives="mask"),), "a mask of True and False"),
        "floats": ((batch(gives="floats"),), "no whole numbers"),
        "list": ((batch(gives="list"),), "returned a list, expected one tensor"),
        "counted from 1": ((batch(gives="from 1"),), "rows are counted from 0"),
    },
    "03.q5": {
        "count": (
            (
                lambda logits, asked: (logits.argmax(1) == asked).sum(),
                variety_by_loops,
                nearest_by_difference,
            ),
            "counts samples",
        ),
        "misread": (
            (
                lambda logits, asked: 1 - right_by_count(logits, asked),
                variety_by_loops,
                nearest_by_difference,
            ),
            "the share that was misread",
        ),
        "percent": (
            (
                lambda logits, asked: 100 * right_by_count(logits, asked),
                variety_by_loops,
                nearest_by_difference,
            ),
            "is a percentage",
        ),
        "sureness": (
            (
                lambda logits, asked: logits.softmax(1).gather(1, asked[:, None]).mean(),
                variety_by_loops,
                nearest_by_difference,
            ),
            "how sure the judge is",
        ),
        "mean logit": (
            (
                lambda logits, asked: logits.gather(1, asked[:, None]).mean(),
                variety_by_loops,
                nearest_by_difference,
            ),
            "averages logits",
        ),
        "over classes": (
            (
                lambda logits, asked: (logits.argmax(1) == asked).sum() / 4,
                variety_by_loops,
                nearest_by_difference,
            ),
            "divides by the number of classes",
        ),
        "always right": (
            (lambda logits, asked: 1, variety_by_loops, nearest_by_difference),
            "Which digit is read in sample i",
        ),
        "one by one": (
            (
                lambda logits, asked: logits.argmax(1) == asked,
                variety_by_loops,
                nearest_by_difference,
            ),
            "expected a scalar",
        ),
        "one number": (
            (
                right_by_count,
                lambda f, y, k: variety_by_loops(f, y, k).mean(),
                nearest_by_difference,
            ),
            "could hide among nine others",
        ),
        "to itself": (
            (right_by_count, per_class(lambda own: table(own).mean()), nearest_by_difference),
            "distance of a sample to itself",
        ),
        "squared": (
            (
                right_by_count,
                per_class(lambda own: torch.pdist(own).pow(2).mean()),
                nearest_by_difference,
            ),
            "averages squared distances",
        ),
        "root of a mean": (
            (
                right_by_count,
                per_class(lambda own: torch.pdist(own).pow(2).mean().sqrt()),
                nearest_by_difference,
            ),
            "root of a mean",
        ),
        "sum": (
            (right_by_count, per_class(lambda own: torch.pdist(own).sum()), nearest_by_difference),
            "grows with the number of samples",
        ),
        "over samples": (
            (
                right_by_count,
                per_class(lambda own: table(own).sum() / len(own)),
                nearest_by_difference,
            ),
            "divides by the number of samples",
        ),
        "twice": (
            (right_by_count, lambda f, y, k: 2 * variety_by_loops(f, y, k), nearest_by_difference),
            "twice too large",
        ),
        "half": (
            (right_by_count, lambda f, y, k: variety_by_loops(f, y, k) / 2, nearest_by_difference),
            "half too small",
        ),
        "zeros dropped": (
            (
                right_by_count,
                per_class(lambda own: nonzero_mean(table(own))),
                nearest_by_difference,
            ),
            "leaves out distances of 0",
        ),
        "zeros alone": (
            (
                right_by_count,
                per_class(lambda own: table(own)[table(own) > 0].mean()),
                nearest_by_difference,
            ),
            "and it is 0",
        ),
        "farthest": (
            (right_by_count, per_class(lambda own: torch.pdist(own).max()), nearest_by_difference),
            "farthest apart",
        ),
        "absolute": (
            (
                right_by_count,
                per_class(lambda own: torch.pdist(own, 1).mean()),
                nearest_by_difference,
            ),
            "`variety` adds up absolute",
        ),
        "from the middle": (
            (
                right_by_count,
                per_class(lambda own: (own - own.mean(0)).norm(dim=1).mean()),
                nearest_by_difference,
            ),
            "from the middle of the class",
        ),
        "deviation": (
            (right_by_count, per_class(lambda own: own.std(0).mean()), nearest_by_difference),
            "a standard deviation",
        ),
        "all classes": (
            (
                right_by_count,
                lambda f, y, k: torch.pdist(f).mean().expand(k),
                nearest_by_difference,
            ),
            "the same for every class",
        ),
        "neighbours": (
            (
                right_by_count,
                per_class(lambda own: (own[1:] - own[:-1]).norm(dim=1).mean()),
                nearest_by_difference,
            ),
            "at 0, 0 and 3",
        ),
        "squared distance": (
            (right_by_count, variety_by_loops, lambda *sets: nearest_by_difference(*sets) ** 2),
            "is a squared distance",
        ),
        "which": (
            (right_by_count, variety_by_loops, lambda *sets: apart(*sets).argmin(1)),
            "which training image is nearest",
        ),
        "mean distance": (
            (right_by_count, variety_by_loops, lambda *sets: apart(*sets).mean(1)),
            "a mean over the training images",
        ),
        "farthest image": (
            (right_by_count, variety_by_loops, lambda *sets: apart(*sets).amax(1)),
            "training image farthest away",
        ),
        "absolute differences": (
            (
                right_by_count,
                variety_by_loops,
                lambda a, b: torch.cdist(a.flatten(1), b.flatten(1), p=1).amin(1),
            ),
            "`nearest_distance` adds up absolute",
        ),
        "mean square": (
            (
                right_by_count,
                variety_by_loops,
                lambda a, b: ((a[:, None] - b) ** 2).mean((2, 3, 4)).amin(1),
            ),
            "a mean square over pixels",
        ),
        "root of a mean square": (
            (
                right_by_count,
                variety_by_loops,
                lambda a, b: ((a[:, None] - b) ** 2).mean((2, 3, 4)).sqrt().amin(1),
            ),
            "averages over pixels before the root",
        ),
        "rows of pixels": (
            (
                right_by_count,
                variety_by_loops,
                lambda a, b: (a[:, None] - b).norm(dim=4).amin((1, 2, 3)),
            ),
            "one vector of all its pixels",
        ),
        "other way round": (
            (right_by_count, variety_by_loops, lambda *sets: apart(*sets).amin(0)),
            "`nearest_distance` returned shape (11,)",
        ),
        "not crossed": (
            (right_by_count, variety_by_loops, lambda a, b: (a - b).flatten(1).norm(dim=1)),
            "dimensions of their own",
        ),
    },
}
