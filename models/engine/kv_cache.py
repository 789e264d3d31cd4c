"""The KV cache: who sits where, what is shared, what stays for later and what has to go."""

from typing import Protocol

from models.engine.params import EngineConfig
from models.engine.parking import ParkingLot, State
from models.engine.prefix_tree import Idle, Match, Node, PrefixTree, Tokens
from models.engine.sequence import Generation, Sequence
from models.engine.slots import Slot, SlotPool

MIN_GAIN_TOKENS = 32  # a parked prefix that saves fewer is not fetched


class Cells(Protocol):
    """The cells of a context, by slot and by position in the slot's sequence."""

    def fork(self, source: Slot, target: Slot, start: int, end: int) -> None:
        """Let `target`, empty there, share the cells of `source` at positions start..end-1."""
        ...

    def trim(self, slot: Slot, start: int, end: int = -1) -> None:
        """Take a slot out of its cells from `start` on, or to `end`; others keep theirs."""
        ...

    def num_bytes(self, slot: Slot) -> int:
        """Return how large the state of a slot's cells is."""
        ...

    def save(self, slot: Slot) -> State:
        """Return the state of a slot's cells."""
        ...

    def restore(self, slot: Slot, state: State) -> bool:
        """Fill an empty slot with a saved state; False where the cells do not suffice."""
        ...


class KVCache:
    """Seats sequences on what is cached already, and keeps what they have read.

    A request reserves all the cells that it may come to need before it enters, so that no running
    one ever waits for cells. Runs that nobody uses stay, the least recently used leave first, and
    those worth it wait in host memory. Only the engine's thread calls it.
    """

    def __init__(self, cells: Cells, config: EngineConfig) -> None:
        self._cells = cells
        self._config = config
        self._slots = SlotPool(config.max_sequences)
        self._trees: dict[str | None, PrefixTree] = {}
        self._lot = ParkingLot(config.parked_bytes)
        self._num_reserved_slots = 0
        self._num_reserved_cells = 0
        self.num_hit_tokens = 0
        self.num_idle_cells = 0  # of runs that nobody uses, as of the last step

    # Counts

    @property
    def num_free_slots(self) -> int:
        """Return the seats that are neither held nor reserved."""
        return self._slots.num_free - self._num_reserved_slots

    @property
    def num_used_cells(self) -> int:
        """Return the cells that hold something or are reserved."""
        trees = tuple(self._trees.values())  # any thread may ask, and an adapter may be new
        return self._num_reserved_cells + sum(tree.num_tokens for tree in trees)

    @property
    def parked_bytes(self) -> int:
        """Return the host memory that parked prefixes take."""
        return self._lot.num_bytes

    def num_cached(self, adapter: str | None, tokens: list[int]) -> int:
        """Return how many leading tokens need not be read again."""
        parked, _ = self._lot.longest(adapter, tokens)
        return max(parked, self._tree(adapter).match(tokens).num_tokens)

    # A request enters

    def admit(self, generation: Generation) -> bool:
        """Reserve all that a request may need and seat its prefix; False where it must wait."""
        tree, prefix = self._tree(generation.adapter), generation.prefix
        match = tree.match(prefix.tokens)
        node = tree.node_at(match)
        num_slots, num_cells = generation.num_slots, generation.max_cells
        node.num_users += 1  # so that making room does not cost what it is made for
        has_room = self._make_room(num_slots, num_cells - match.num_tokens)
        node.num_users -= 1
        # Alone it must not wait for its own prefix to leave.
        if not has_room and not (self._is_unused and self._make_room(num_slots, num_cells)):
            return False
        generation.expect()
        self._num_reserved_slots += generation.num_slots
        self._num_reserved_cells += generation.max_cells
        self._fetch(generation.adapter, prefix)
        self.seat(generation, prefix)
        return True

    def seat(self, generation: Generation, sequence: Sequence) -> None:
        """Give a sequence of an admitted request its slot, with what is cached of its tokens."""
        tree = self._tree(generation.adapter)
        match = tree.match(sequence.shareable)
        node = tree.node_at(match)
        slot = self._take_reserved_slot()
        if match.num_tokens:
            self._cells.fork(_slot_below(node), slot, 0, match.num_tokens)
        node.num_users += 1
        sequence.sit(slot, node, match.num_tokens)
        self._num_reserved_cells -= sequence.claim_shared()
        self.num_hit_tokens += match.num_tokens if sequence is generation.prefix else 0

    # A sequence has read

    def publish(self, generation: Generation, sequence: Sequence) -> None:
        """Let others find what a sequence has read."""
        tree = self._tree(generation.adapter)
        tokens = sequence.readable
        match = tree.match(tokens)
        node = tree.node_at(match)
        self._move(sequence, node)
        self._share(sequence, node, match)
        rest = tokens[match.num_tokens :]
        slot = self._slot_for_run(sequence, len(tokens)) if rest else None
        if slot is not None:
            self._move(sequence, self._grow(tree, sequence, rest, slot))
            sequence.num_shared = len(tokens)
        self._num_reserved_cells -= sequence.claim_shared()

    def leave(self, sequence: Sequence) -> None:
        """Free a sequence's slot, and the cells that are its own."""
        self._num_reserved_cells -= sequence.give_back()
        if sequence.node is not None:
            sequence.node.num_users -= 1
            sequence.node = None
        if sequence.slot is not None:
            self._free(sequence.slot)
            sequence.slot = None
        elif sequence.is_expected:
            self._num_reserved_slots -= 1
        sequence.is_expected = False

    def tidy(self) -> None:
        """Let go of idle runs beyond the limit: in a unified cache every step pays for them."""
        limit = self._config.idle_cache_tokens
        if limit is None:
            limit = self._config.cache_tokens
        while (num_idle := self._idle().num_tokens) > limit and self._evict_one():
            pass
        self.num_idle_cells = num_idle

    def rewind(self, sequence: Sequence, num_tokens: int) -> None:
        """Forget a sequence's last tokens, which nobody shares, so that others take their place."""
        assert num_tokens >= sequence.num_shared  # noqa: S101 - see Branch
        if sequence.num_cached > num_tokens:
            self._cells.trim(sequence.seat, num_tokens)
            sequence.num_cached = num_tokens

    def undo(self, sequence: Sequence) -> None:
        """Take back what a batch that was aborted may have put behind a sequence's tokens."""
        if sequence.slot is not None:
            self._cells.trim(sequence.slot, sequence.num_cached)

    def forget(self) -> None:
        """Let go of all idle runs, parked ones too."""
        while self._evict_one():
            pass
        self._lot.clear()
        self.num_hit_tokens = 0

    # Room

    def _idle(self) -> Idle:
        found = [tree.idle() for tree in self._trees.values()]
        return Idle(sum(each.num_tokens for each in found), sum(each.num_slots for each in found))

    @property
    def _is_unused(self) -> bool:
        return self._num_reserved_slots == self._num_reserved_cells == 0

    def _make_room(self, num_slots: int, num_cells: int) -> bool:
        idle = self._idle()
        num_needed = self.num_used_cells - idle.num_tokens + num_cells
        num_free_slots = self.num_free_slots + idle.num_slots
        if num_needed > self._config.cache_tokens or num_slots > num_free_slots:
            return False  # all that is idle would leave, and it would not suffice
        while not self._has_room(num_slots, num_cells):
            if not self._evict_one():
                return False
        return True

    def _has_room(self, num_slots: int, num_cells: int) -> bool:
        return (
            num_slots <= self.num_free_slots
            and self.num_used_cells + num_cells <= self._config.cache_tokens
        )

    def _evict_one(self) -> bool:
        """Take out the run that was used least recently; False where all are in use."""
        found = [
            (leaf.last_used, adapter, leaf)
            for adapter, tree in self._trees.items()
            if (leaf := tree.idle_leaf()) is not None
        ]
        if not found:
            return False
        _, adapter, leaf = min(found, key=lambda each: each[0])
        self._evict(adapter, leaf)
        return True

    def _evict(self, adapter: str | None, leaf: Node) -> None:
        slot, leaf.slot = leaf.slot, None
        assert slot is not None  # noqa: S101 - every leaf has one
        if self._lot.is_worth(len(leaf.tokens), self._cells.num_bytes(slot)):
            self._lot.put(adapter, leaf.path(), self._cells.save(slot))
        parent = self._trees[adapter].remove(leaf)
        if parent.is_leaf and parent.parent is not None:
            self._cells.trim(slot, parent.depth)
            parent.slot = slot
        else:
            self._free(slot)

    def _fetch(self, adapter: str | None, prefix: Sequence) -> None:
        """Bring a parked run back where it saves reading, and where there is room for it."""
        tree = self._tree(adapter)
        num_known = tree.match(prefix.tokens).num_tokens
        num_parked, parked = self._lot.longest(adapter, prefix.tokens)
        if num_parked < num_known + MIN_GAIN_TOKENS or self.num_free_slots < 1:
            return
        # For a moment the cells that the tree holds as well are there twice; and then there is
        # what the parked run holds behind the prefix. All of the prefix is reserved so far.
        num_more = len(parked) - min(len(prefix.tokens), num_parked + num_known)
        if self.num_used_cells + num_more > self._config.cache_tokens:
            return
        slot, state = self._slots.take(), self._lot.take(adapter, parked)
        if self._cells.restore(slot, state):
            self._keep(tree, parked, slot)
        else:
            self._lot.put(adapter, parked, state)
            self._free(slot)

    def _keep(self, tree: PrefixTree, tokens: tuple[int, ...], slot: Slot) -> None:
        """Put the run that a slot holds into the tree, which takes the slot over."""
        match = tree.match(tokens)
        fetched = Sequence(tokens=list(tokens), slot=slot, num_cached=len(tokens))
        self._move(fetched, tree.node_at(match))
        if fetched.node is not None:
            self._share(fetched, fetched.node, match)
        if match.num_tokens < len(tokens):
            fetched.slot = None
            self._move(fetched, self._grow(tree, fetched, tokens[match.num_tokens :], slot))
        self.leave(fetched)

    # The tree and the slots

    def _tree(self, adapter: str | None) -> PrefixTree:
        return self._trees.setdefault(adapter, PrefixTree())

    def _share(self, sequence: Sequence, node: Node, match: Match) -> None:
        """Take the tree's cells instead of its own where two have read the same tokens."""
        if match.num_tokens > sequence.num_shared:
            span = (sequence.num_shared, match.num_tokens)
            self._cells.trim(sequence.seat, *span)
            self._cells.fork(_slot_below(node), sequence.seat, *span)
            sequence.num_shared = match.num_tokens

    def _slot_for_run(self, sequence: Sequence, num_tokens: int) -> Slot | None:
        """Return a slot that holds what a sequence has read; its own if it needs that no more."""
        if sequence.is_read_only and not sequence.num_pending:
            slot, sequence.slot = sequence.slot, None
            return slot
        if self.num_free_slots < 1:
            return None  # a question's few tokens are not worth a transcript's place
        slot = self._slots.take()
        self._cells.fork(sequence.seat, slot, 0, num_tokens)
        return slot

    def _grow(self, tree: PrefixTree, sequence: Sequence, tokens: Tokens, slot: Slot) -> Node:
        """Add a run after the sequence's node; a leaf that only it uses becomes longer itself."""
        node = sequence.node
        assert node is not None  # noqa: S101 - it was moved there just now
        old, node.slot = node.slot, None
        if old is None:
            return tree.insert(node, tokens, slot)
        self._free(old)
        if node.num_users > 1:
            return tree.insert(node, tokens, slot)
        tree.extend(node, tokens, slot)
        return node

    def _move(self, sequence: Sequence, node: Node) -> None:
        node.num_users += 1
        if sequence.node is not None:
            sequence.node.num_users -= 1
        sequence.node = node

    def _take_reserved_slot(self) -> Slot:
        self._num_reserved_slots -= 1
        return self._slots.take()

    def _free(self, slot: Slot) -> None:
        self._cells.trim(slot, 0)
        self._slots.release(slot)


def _slot_below(node: Node) -> Slot:
    slot = next(node.leaves()).slot
    assert slot is not None  # noqa: S101 - every leaf but an empty root has one
    return slot
