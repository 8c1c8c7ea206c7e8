# %% [markdown]
# ## From tags to names, and back
#
# A tagger marks names with BIO tags, one for each token: `B-kind` where a name of this kind begins,
# `I-kind` where it goes on, `O` elsewhere. A network chooses every tag by itself, so it may return
# a sequence that no marking of names produces, such as an `I-person` after an `O`. A decoder needs
# a rule for these. Ours is that of the CoNLL shared tasks:
#
# $$ \text{token } t \text{ continues a name} \iff
#    \text{its tag is I-}k \text{ and token } t-1 \text{ belongs to a name of the same kind } k. $$
#
# An `I` that continues nothing begins a name, as a `B` would. A `B` always begins a name.
#
# **Write** `read_names(tokens, tags)` for two lists of the same length; return the pair
# `(names, repaired)`. `names` lists the names in order as pairs `(kind, text)`, where the text is
# made of the name's tokens with nothing between them, as in Chinese, where a token is one
# character. `repaired` lists the valid tags that mark these names. A kind may contain a hyphen. The
# lists may be empty.
#
# *Example.* For the tokens 雷, 军, 在, 北, 京 and the tags `I-person`, `I-person`, `O`, `B-place`,
# `I-place` the names are `[("person", "雷军"), ("place", "北京")]`. Repaired, the tags are
# `["B-person", "I-person", "O", "B-place", "I-place"]`.


# %%
def read_names(tokens, tags):
    """Read the names off BIO tags, valid or not, and write the valid tags of these names."""
    ### BEGIN SOLUTION
    names, repaired, kind_before = [], [], ""
    for token, tag in zip(tokens, tags, strict=True):
        kind = tag[2:]
        if tag == "O":
            repaired.append("O")
        elif tag.startswith("I") and kind == kind_before:
            names[-1] = (kind, names[-1][1] + token)
            repaired.append(tag)
        else:
            names.append((kind, token))
            repaired.append("B-" + kind)
        kind_before = kind
    return names, repaired
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Exact
from course_tools.exercises.spec import Task

KINDS = ["person", "place", "org", "work-of-art"]
EXAMPLE = ["雷", "军", "在", "北", "京"], ["I-person", "I-person", "O", "B-place", "I-place"]


def case(rng, pattern, kinds=KINDS):
    """Random tokens, and tags by a pattern: B, I, O, and b, i of another kind than B, I."""
    k, other = rng.permutation(kinds)[:2]
    tags = ["O" if s == "O" else f"{s.upper()}-{k if s.isupper() else other}" for s in pattern]
    return ["".join(rng.choice(list("abcdefgh"), size=rng.integers(2, 5))) for _ in tags], tags


def one_of(rng, *patterns):
    return case(rng, str(rng.choice(patterns)))


def any_tags(rng):
    return case(rng, "".join(rng.choice(list("BIObi"), size=rng.integers(6, 12))))


def by_starts(tokens, tags):
    def begins(t):
        return tags[t][0] == "B" or t == 0 or tags[t - 1][1:] != tags[t][1:]

    inside = [t for t in range(len(tags)) if tags[t] != "O"]
    starts = [t for t in inside if begins(t)]
    names = []
    for start in starts:
        end = start + 1
        while end in inside and end not in starts:
            end += 1
        names.append((tags[start].split("-", 1)[1], "".join(tokens[start:end])))
    return names, ["B" * (t in starts) + "I" * (t not in starts) + tags[t][1:] if t in inside
                   else "O" for t in range(len(tags))]  # fmt: skip


CONTINUES = 'tag.startswith("I") and kind == kind_before'
task = Task(
    read_names,
    points=2,
    compare=Exact(),
    returns=("names", "repaired"),
    forbidden=("course_lib.sequences.tagging",),
    examples=[EXAMPLE, ([], [])],
    regimes={
        "any tags": any_tags,
        "valid tags": lambda rng: one_of(rng, "OBIIObi", "BIObiiO", "BObiOBI"),
        "begins with I": lambda rng: one_of(rng, "IIOB", "IbiO", "iOBI"),
        "I after O": lambda rng: one_of(rng, "BIOIIO", "OIOBIOI", "bOiiOB"),
        "I of another kind": lambda rng: one_of(rng, "BIiiO", "OBiIO", "biIIOb"),
        "two names side by side": lambda rng: one_of(rng, "BIBIIO", "OBBI", "OIIBO"),
        "no name": lambda rng: case(rng, "O" * rng.integers(2, 9)),
        "one token": lambda rng: one_of(rng, "B", "I"),
        "a kind with hyphens": lambda rng: case(rng, "iIIBI", ["work-of-art", "work"]),
    },
    right=[by_starts],
    equivalent={
        "zip(tokens, tags, strict=True) -> zip(tokens, tags, strict=False)": "equally long lists",
    },
    wrong={
        "an I that continues nothing is dropped": (
            "An I that continues nothing is read as O; let it begin a name.",
            {
                "        else:": '        elif tag.startswith("I"):\n            kind = ""\n'
                '            repaired.append("O")\n        else:'
            },
        ),
        "kinds not compared": (
            "An I continues a name of another kind; let it begin a name of its own kind.",
            {CONTINUES: 'tag.startswith("I") and kind_before'},
        ),
        "B continues": (
            "A B after a name of the same kind continues that name; let every B begin one.",
            {CONTINUES: "kind == kind_before"},
        ),
        "O does not end a name": (
            "An I after an O continues the name before the O; let it begin a new one.",
            {"        kind_before = kind": "        kind_before = kind or kind_before"},
        ),
        "tags not repaired": (
            "The names are right, but the tags are not repaired; let every name begin with B.",
            lambda right, tokens, tags: (right(tokens, tags)[0], list(tags)),
        ),
        "cut at the second hyphen": (
            "A kind with a hyphen is cut short; the kind is all that follows the first hyphen.",
            {
                "tag[2:]": 'tag[2:].split("-")[0]',
                "repaired.append(tag)": 'repaired.append("I-" + kind)',
            },
        ),
        "spaces": (
            "There are spaces within the names; put nothing between the tokens.",
            {"names[-1][1] + token": 'names[-1][1] + " " + token'},
        ),
    },
)
