"""The prefix tree against a plain model: what was inserted, as a dictionary of token runs."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.engine.prefix_tree import Idle, Match, Node, PrefixTree, common_length
from models.engine.slots import Slot
from tests.unit.stage import below

Path = tuple[int, ...]


@dataclass
class Plain:
    """A tree as the paths at which its runs end; each says when it was used last, and by whom."""

    last_used: dict[Path, int] = field(default_factory=dict)
    num_users: dict[Path, int] = field(default_factory=dict)
    now: int = 0

    def prefixes(self) -> set[Path]:
        return {path[:size] for path in self.last_used for size in range(1, len(path) + 1)}

    def leaves(self) -> list[Path]:
        return [path for path in self.last_used if not self._goes_on(path)]

    def match(self, tokens: Path) -> Path:
        """The longest beginning of `tokens` that is held; the run that it ends in is used."""
        held = max((common(path, tokens) for path in self.last_used), default=0)
        found = tokens[:held]
        self.touch(min((path for path in self.last_used if starts(path, found)), key=len))
        return found

    def touch(self, path: Path) -> None:
        self.now += 1
        for each in self.last_used:
            if starts(path, each):
                self.last_used[each] = self.now

    def split(self, path: Path) -> None:
        """Let a run end here."""
        if path not in self.last_used:
            longer = min((each for each in self.last_used if starts(each, path)), key=len)
            self.last_used[path], self.num_users[path] = self.last_used[longer], 0

    def insert(self, path: Path) -> None:
        self.last_used[path], self.num_users[path] = 0, 0
        self.touch(path)

    def rename(self, old: Path, new: Path) -> None:
        self.last_used[new], self.num_users[new] = self.last_used.pop(old), self.num_users.pop(old)
        self.touch(new)

    def remove(self, path: Path) -> None:
        del self.last_used[path], self.num_users[path]

    def idle_leaf(self) -> Path | None:
        idle = [path for path in self.leaves() if path and not self.num_users[path]]
        return min(idle, key=lambda path: self.last_used[path], default=None)

    def num_idle_tokens(self) -> int:
        used = [path for path, count in self.num_users.items() if count]
        return sum(not any(starts(path, each) for path in used) for each in self.prefixes())

    def num_idle_slots(self) -> int:
        used = {path for path, count in self.num_users.items() if count and path}
        left = [
            path for path in used if not any(each != path and starts(each, path) for each in used)
        ]
        return sum(bool(path) for path in self.leaves()) - len(left)

    def _goes_on(self, path: Path) -> bool:
        return any(each != path and starts(each, path) for each in self.last_used)


def starts(path: Path, beginning: Path) -> bool:
    return path[: len(beginning)] == beginning


def common(one: Path, other: Path) -> int:
    return max(size for size in range(len(one) + 1) if starts(other, one[:size]))


class Twins:
    """A tree and its plain model, told the same."""

    def __init__(self) -> None:
        self.tree = PrefixTree()
        self.plain = Plain({(): 0}, {(): 0})  # the root
        self.users: list[Node] = []
        self.num_slots = 0

    def read(self, tokens: Path) -> Node:
        """Look for a text, and put in what is new of it."""
        match = self.tree.match(tokens)
        found = self.plain.match(tokens)
        assert match.node.path()[: match.num_tokens] == tokens[: match.num_tokens] == found
        node = self.tree.node_at(match)
        self.plain.split(found)
        assert node.path() == found
        return self._add(node, tokens[len(found) :]) if tokens != found else node

    def use(self, tokens: Path) -> None:
        node = self.read(tokens)
        node.num_users += 1
        self.plain.num_users[tokens] += 1
        self.users.append(node)

    def let_go(self, number: int) -> None:
        if self.users:
            node = self.users.pop(number % len(self.users))
            node.num_users -= 1
            self.plain.num_users[node.path()] -= 1

    def evict(self) -> None:
        leaf, path = self.tree.idle_leaf(), self.plain.idle_leaf()
        assert (leaf and leaf.path()) == path
        if leaf is not None and path is not None:
            parent = self.tree.remove(leaf)
            self.plain.remove(path)
            assert starts(path, parent.path())

    def check(self) -> None:
        nodes = below(self.tree.root)
        assert sorted(node.path() for node in nodes) == sorted(self.plain.last_used)
        assert sorted(leaf.path() for leaf in self.tree.root.leaves()) == sorted(
            self.plain.leaves()
        )
        assert self.tree.num_tokens == len(self.plain.prefixes())
        idle = self.tree.idle()
        assert idle.num_tokens == self.plain.num_idle_tokens()
        assert idle.num_slots == self.plain.num_idle_slots()
        assert all(node.num_users == self.plain.num_users[node.path()] for node in nodes)
        assert all(child.parent is node for node in nodes for child in node.children.values())

    def _add(self, node: Node, rest: Path) -> Node:
        path = node.path() + rest
        slot = Slot(self.num_slots)
        self.num_slots += 1
        if node.is_leaf and node.parent is not None and not node.num_users:
            self.plain.rename(node.path(), path)
            self.tree.extend(node, rest, slot)
            leaf = node
        else:
            leaf = self.tree.insert(node, rest, slot)
            self.plain.insert(path)
        assert (leaf.path(), leaf.slot) == (path, slot)
        return leaf


texts = st.lists(st.integers(0, 2), max_size=8).map(tuple)
actions = st.one_of(
    st.tuples(st.just("read"), texts),
    st.tuples(st.just("use"), texts),
    st.tuples(st.just("let_go"), st.integers(0, 5)),
    st.tuples(st.just("evict")),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(actions, max_size=30))
def test_the_tree_is_what_was_put_into_it(play: list[tuple[str, *tuple[object, ...]]]) -> None:
    twins = Twins()
    for name, *arguments in play:
        getattr(twins, name)(*arguments)
        twins.check()
    while twins.users:
        twins.let_go(0)
    while twins.tree.idle_leaf() is not None:
        twins.evict()
        twins.check()
    assert (twins.tree.num_tokens, twins.tree.root.children) == (0, {})


def test_nothing_is_found_in_an_empty_tree() -> None:
    tree = PrefixTree()
    assert tree.match((1, 2)) == Match(tree.root, 0)
    assert tree.node_at(Match(tree.root, 0)) is tree.root
    assert tree.idle_leaf() is None


def test_a_run_that_is_used_stays_and_so_does_what_it_follows() -> None:
    twins = Twins()
    twins.use((1, 2))
    twins.read((1, 2, 3))
    twins.read((4,))
    assert twins.tree.idle() == Idle(num_tokens=2, num_slots=1)
    for path in ((1, 2, 3), (4,)):
        leaf = twins.tree.idle_leaf()
        assert leaf is not None
        assert leaf.path() == path
        twins.evict()
    assert twins.tree.idle_leaf() is None
    assert twins.tree.match((1, 2, 3)).num_tokens == 2


@pytest.mark.parametrize(
    ("one", "other", "length"),
    [((), (), 0), ((1, 2), (1, 2), 2), ((1, 2), (1, 3), 1), ((1, 2, 3), (1, 2), 2), ((1,), (), 0)],
)
def test_common_length(one: Path, other: Path, length: int) -> None:
    assert common_length(one, other) == common_length(other, list(one)) == length
