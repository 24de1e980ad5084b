"""What was registered with the client while it runs, so that it can be taken back."""

import logging
from collections.abc import Sequence
from typing import Protocol

from lsprotocol import types
from pygls.exceptions import JsonRpcException

log = logging.getLogger(__name__)


class Client(Protocol):
    """What registering needs of the client."""

    async def client_register_capability_async(self, params: types.RegistrationParams) -> None:
        """Add methods to what the client asks for."""
        ...

    async def client_unregister_capability_async(self, params: types.UnregistrationParams) -> None:
        """Take methods back."""
        ...


class Registrations:
    """Methods by the id that they were registered under."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._made: dict[str, types.Registration] = {}

    async def add(self, wanted: Sequence[types.Registration]) -> None:
        """Effect: register what is not registered yet; a client may refuse what it announced."""
        new = [each for each in wanted if each.id not in self._made]
        if not new:
            return
        self._made.update((each.id, each) for each in new)
        try:
            await self._client.client_register_capability_async(types.RegistrationParams(new))
        except JsonRpcException as error:
            log.info("the client does not register: %s", error.message)

    async def remove(self, ids: Sequence[str]) -> None:
        """Effect: take back what was registered under `ids`."""
        gone = [self._made.pop(each) for each in ids if each in self._made]
        if not gone:
            return
        try:
            taken = [types.Unregistration(each.id, each.method) for each in gone]
            await self._client.client_unregister_capability_async(types.UnregistrationParams(taken))
        except JsonRpcException as error:
            log.info("the client does not take back a registration: %s", error.message)
