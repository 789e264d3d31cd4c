"""A radix tree over the token runs in the KV cache: what has been read once is found again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from models.engine.slots import Slot

Tokens = Sequence[int]


@dataclass(eq=False, slots=True)
class Node:
    """A run of tokens that follows its parent's run.

    A leaf has a slot, which holds the cells of its whole path; an inner node has none, since
    every leaf below it holds its cells too. `num_users` counts the sequences that need the path.
    """

    tokens: tuple[int, ...]
    parent: "Node | None" = None
    children: dict[int, "Node"] = field(default_factory=dict)
    slot: Slot | None = None
    num_users: int = 0
    last_used: int = 0

    @property
    def is_leaf(self) -> bool:
        """Tell whether the path ends here."""
        return not self.children

    @property
    def depth(self) -> int:
        """Return how many tokens there are from the start of the sequence to this run's end."""
        return sum(len(node.tokens) for node in self.upwards())

    def path(self) -> tuple[int, ...]:
        """Return all tokens from the start of the sequence to the end of this run."""
        runs = [node.tokens for node in self.upwards()]
        return tuple(token for run in reversed(runs) for token in run)

    def upwards(self) -> Iterator["Node"]:
        """Yield this node, its parent, and so on to the root."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def leaves(self) -> Iterator["Node"]:
        """Yield the leaves below this node, or itself."""
        if self.is_leaf:
            yield self
        for child in self.children.values():
            yield from child.leaves()


@dataclass(frozen=True, slots=True)
class Idle:
    """The cells and the slots of runs that nobody uses."""

    num_tokens: int
    num_slots: int


@dataclass(frozen=True, slots=True)
class Match:
    """How many leading tokens the tree holds, and the node in whose run the last one lies."""

    node: Node
    num_tokens: int


class PrefixTree:
    """The runs of one adapter; knows nothing of the cache but the slots that it was given."""

    def __init__(self) -> None:
        self.root = Node(())
        self.num_tokens = 0
        self._clock = 0

    def match(self, tokens: Tokens) -> Match:
        """Return the longest common prefix of `tokens` and any run."""
        node, position = self.root, 0
        while position < len(tokens):
            child = node.children.get(tokens[position])
            if child is None:
                break
            num_same = common_length(child.tokens, tokens[position : position + len(child.tokens)])
            node, position = child, position + num_same
            if num_same < len(child.tokens):
                break
        self._touch(node)
        return Match(node, position)

    def node_at(self, match: Match) -> Node:
        """Return a node that ends where the match does; a run that goes on is split there."""
        node = match.node
        surplus = node.depth - match.num_tokens
        return self._split(node, len(node.tokens) - surplus) if surplus else node

    def insert(self, parent: Node, tokens: Tokens, slot: Slot) -> Node:
        """Add a leaf after `parent`, which has no child that begins like `tokens`."""
        leaf = Node(tuple(tokens), parent, slot=slot)
        parent.children[tokens[0]] = leaf
        self.num_tokens += len(tokens)
        self._touch(leaf)
        return leaf

    def extend(self, leaf: Node, tokens: Tokens, slot: Slot) -> None:
        """Make a leaf's run longer; `slot` holds the longer path."""
        leaf.tokens += tuple(tokens)
        leaf.slot = slot
        self.num_tokens += len(tokens)
        self._touch(leaf)

    def idle_leaf(self) -> Node | None:
        """Return the leaf that nobody uses and that was used least recently."""
        idle = (leaf for leaf in self.root.leaves() if self._is_idle(leaf))
        return min(idle, key=lambda leaf: leaf.last_used, default=None)

    def idle(self) -> Idle:
        """Return what would be free if all that nobody uses were taken out."""
        return self._idle_below(self.root)[0]

    def remove(self, leaf: Node) -> Node:
        """Take a leaf out and return its parent."""
        parent = leaf.parent
        assert parent is not None  # noqa: S101 - the root has no tokens and is never removed
        del parent.children[leaf.tokens[0]]
        self.num_tokens -= len(leaf.tokens)
        leaf.parent = None
        return parent

    def _is_idle(self, leaf: Node) -> bool:
        return leaf is not self.root and leaf.num_users == 0

    def _idle_below(self, node: Node) -> tuple[Idle, bool]:
        """Return what is idle at a node and below, and whether that is all of it."""
        found = [self._idle_below(child) for child in node.children.values()]
        are_idle = all(is_idle for _, is_idle in found)
        num_tokens = sum(idle.num_tokens for idle, _ in found)
        num_slots = sum(idle.num_slots for idle, _ in found)
        if node.num_users or not are_idle:
            # Once all below it has gone, it is a leaf, and needs one of their slots.
            is_leaf_then = bool(found) and are_idle and node is not self.root
            return Idle(num_tokens, num_slots - is_leaf_then), False
        is_held = node.is_leaf and node is not self.root
        return Idle(num_tokens + len(node.tokens), num_slots + is_held), True

    def _split(self, node: Node, num_tokens: int) -> Node:
        """Cut a run in two; the node keeps the end, its users and its slot."""
        parent = node.parent
        assert parent is not None  # noqa: S101 - the root's run is empty and is never split
        upper = Node(node.tokens[:num_tokens], parent, last_used=node.last_used)
        parent.children[upper.tokens[0]] = upper
        node.tokens, node.parent = node.tokens[num_tokens:], upper
        upper.children[node.tokens[0]] = node
        return upper

    def _touch(self, node: Node) -> None:
        self._clock += 1
        for each in node.upwards():
            each.last_used = self._clock


def common_length(one: Tokens, other: Tokens) -> int:
    """Return how many leading tokens two runs have in common."""
    if tuple(one) == tuple(other):
        return len(one)
    pairs = enumerate(zip(one, other, strict=False))
    differs = next((position for position, (a, b) in pairs if a != b), None)
    return min(len(one), len(other)) if differs is None else differs
