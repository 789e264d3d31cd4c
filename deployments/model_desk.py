"""Which version of a model is in production: the operator moves it, every replica follows."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

from ray.exceptions import RayError
from ray.serve.exceptions import DeploymentUnavailableError, RayServeException
from ray.serve.handle import DeploymentHandle

from deployments.failures import unwrap
from deployments.http_errors import PromotionRefusedError
from deployments.logs import log_event
from models.promotions import Action, Promotion, now, record_promotion
from models.registry import PRODUCTION, ModelRegistry, ModelVersion
from notes.errors import (
    ConfigurationError,
    InvalidInputError,
    ModelFileError,
    ModelNotFoundError,
    NotesError,
    NotFoundError,
)

logger = logging.getLogger("notes.models")

# A replica whose places are all taken swaps when one is free; Phi-3-mini writes for minutes.
FOLLOW_TIMEOUT_S = 600.0
OPERATOR = "operator"  # there is one, who has the token


@dataclass(frozen=True, slots=True)
class Listed:
    """A registered version, and whether it is the one in production."""

    model: ModelVersion
    is_production: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """What is in production now, and how many replicas serve it already."""

    promotion: Promotion
    num_replicas: int


class ModelDesk:
    """Lists versions, and moves `<name>@production` one change at a time.

    A version that cannot be verified or loaded is refused, and the one before stays.
    """

    def __init__(
        self,
        registry: ModelRegistry,
        formatter: DeploymentHandle[Any],
        pool: DeploymentHandle[Any],
    ) -> None:
        self._registry = registry
        self._formatter = formatter
        self._pool = pool
        self._turn = asyncio.Lock()
        self._changes: set[asyncio.Task[Moved]] = set()  # kept, or they could be collected

    async def versions(self) -> tuple[Listed, ...]:
        """Return every version that is registered, adapters too."""
        return await asyncio.to_thread(lambda: tuple(self._listed()))

    async def promote(self, name: str, version: int, evaluation_sha256: str) -> Moved:
        """Put a version into production.

        Raises NotFoundError, InvalidInputError for an adapter, and PromotionRefusedError.
        """
        return await self._to_the_end(self._promote(name, version, evaluation_sha256))

    async def rollback(self, name: str) -> Moved:
        """Put the version before the present one into production; raises as `promote`."""
        return await self._to_the_end(self._rollback(name))

    async def _to_the_end(self, change: Coroutine[Any, Any, Moved]) -> Moved:
        """Finish a change also where its caller has gone away; half of one would be worse."""
        task = asyncio.create_task(change)
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)
        return await asyncio.shield(task)

    async def _promote(self, name: str, version: int, evaluation_sha256: str) -> Moved:
        async with self._turn:
            found = self._find(name, version)
            previous = self._production(name)
            await asyncio.to_thread(self._verify, found, previous)
            if version != previous:
                self._registry.promote(name, version)
            num_replicas = await self._follow(
                found, previous, back=lambda: self._registry.rollback(name)
            )
            promotion = Promotion(
                name, version, previous, Action.PROMOTE, OPERATOR, now(), evaluation_sha256
            )
            return self._recorded(promotion, num_replicas)

    async def _rollback(self, name: str) -> Moved:
        async with self._turn:
            previous = self._production(name)
            if previous is None:
                raise NotFoundError(what="model", id=name)
            try:
                found = self._registry.rollback(name)
            except ModelNotFoundError as error:
                raise NotFoundError(what="version before", id=f"{name}:{previous}") from error
            num_replicas = await self._follow(
                found, previous, back=lambda: self._registry.promote(name, previous)
            )
            version = found.card.version
            promotion = Promotion(name, version, previous, Action.ROLLBACK, OPERATOR, now())
            return self._recorded(promotion, num_replicas)

    # The registry

    def _listed(self) -> Iterator[Listed]:
        root = self._registry.root
        names = sorted(each.name for each in root.iterdir()) if root.is_dir() else []
        for name in names:
            production = self._production(name)
            for number in self._registry.versions(name):
                try:
                    yield Listed(self._registry.get(name, number), number == production)
                except ModelFileError:  # one broken card shall not hide the others
                    event = "model_card_unreadable"
                    log_event(logger, event, logging.WARNING, model=f"{name}:{number}")

    def _production(self, name: str) -> int | None:
        try:
            return self._registry.resolve(f"{name}@{PRODUCTION}").card.version
        except ModelNotFoundError:
            return None

    def _find(self, name: str, version: int) -> ModelVersion:
        try:
            found = self._registry.get(name, version)
        except ModelNotFoundError as error:
            raise NotFoundError(what="model", id=f"{name}:{version}") from error
        if found.card.is_adapter:
            reason = f"{found.reference} is an adapter; name it in `adapters` of serve_config.yaml."
            raise InvalidInputError(reason=reason)
        return found

    def _verify(self, version: ModelVersion, previous: int | None) -> None:
        try:
            self._registry.verify(version)
        except NotesError as error:
            raise self._refusal(version, previous, error) from error

    def _recorded(self, promotion: Promotion, num_replicas: int) -> Moved:
        record_promotion(self._registry.root, promotion)
        log_event(
            logger,
            "model_in_production",
            model=f"{promotion.name}:{promotion.version}",
            previous=promotion.previous,
            action=promotion.action.value,
            by=promotion.by,
            evaluation=promotion.evaluation_sha256,
            num_replicas=num_replicas,
        )
        return Moved(promotion, num_replicas)

    # The replicas

    async def _follow(
        self, version: ModelVersion, previous: int | None, back: Callable[[], object]
    ) -> int:
        """Let all replicas serve what the alias names; where one cannot, go `back` to `previous`.

        Returns how many serve it. Those that start later read the alias themselves.
        """
        try:
            return await self._reload(version.reference)
        except (NotesError, TimeoutError, RayError, RayServeException) as error:
            if previous in (None, version.card.version):
                raise self._refusal(version, previous, error) from error
            back()
            reference = f"{version.card.name}:{previous}"
            await self._calm(reference)
            raise self._refusal(version, previous, error) from error

    async def _reload(self, reference: str) -> int:
        served = await _broadcast(self._pool, reference)
        others = {each for each in served if each != reference}
        if others:
            reason = f"a replica goes on with {', '.join(sorted(others))}"
            hint = "see `model` of Phi3Replica in serve_config.yaml, and the store of its machine"
            raise ConfigurationError(reason=f"{reason}; {hint}.")
        await _broadcast(self._formatter, reference)
        return len(served)

    async def _calm(self, reference: str) -> None:
        """Let replicas that have followed already come back."""
        try:
            await self._reload(reference)
        except (NotesError, TimeoutError, RayError, RayServeException) as error:
            kind = type(unwrap(error)).__name__
            log_event(logger, "model_not_restored", logging.ERROR, model=reference, reason=kind)

    def _refusal(
        self, version: ModelVersion, previous: int | None, error: BaseException
    ) -> PromotionRefusedError:
        cause = unwrap(error)
        log_event(
            logger,
            "promotion_refused",
            logging.ERROR,
            model=version.reference,
            reason=type(cause).__name__,
        )
        is_ours = isinstance(cause, NotesError)
        reason = str(cause) if is_ours else f"A replica failed ({type(cause).__name__})."
        kept = "nothing" if previous is None else f"{version.card.name}:{previous}"
        return PromotionRefusedError(model=version.reference, reason=reason, kept=kept)


async def _broadcast(handle: DeploymentHandle[Any], reference: str) -> list[str]:
    """Return what each replica of a deployment serves after it was told; none where none runs."""
    answers = handle.broadcast("reload", reference)
    try:
        served: list[str] = await answers.results_async(
            timeout_s=FOLLOW_TIMEOUT_S, return_exceptions=False
        )
    except DeploymentUnavailableError:
        return []
    return served
