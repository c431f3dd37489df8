"""Names → addresses that may be connected to: private, loopback and reserved ones are refused, whatever form asked for them.

Every connection of a crawl resolves its host here, so redirects, rebinding names and decimal, octal or IPv6 forms of an
address all meet the one check, at connect time.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Sequence
from typing import Any, Self

from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

# Names that no public host can have (RFC 6761, 6762, 8375; ICANN's .internal); single words too.
_PRIVATE_NAME = re.compile(r"[^.]+|.*\.(localhost|local|internal|intranet|lan|home\.arpa|test)")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; embedded IPv4 addresses are judged as such."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def is_private_host(host: str) -> bool:
    """Whether a host as written can only be a private one: an address that isn't public, or a name for use within a house."""
    bare = host.strip("[]").rstrip(".").lower()
    try:
        return not is_public(str(ipaddress.ip_address(bare)))
    except ValueError:
        return _PRIVATE_NAME.fullmatch(bare) is not None


@implementer(IResolutionReceiver)
class _Filter:
    """Passes on the public addresses of a resolution and notes when some were refused."""

    def __init__(self, inner: Any, host: str, refused: set[str]) -> None:
        self._inner, self._host, self._refused = inner, host, refused

    def resolutionBegan(self, resolution: Any) -> None:
        self._inner.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        if is_public(str(address.host)):
            self._inner.addressResolved(address)
        else:
            self._refused.add(self._host)

    def resolutionComplete(self) -> None:
        self._inner.resolutionComplete()


@implementer(IHostnameResolver)
class PublicOnly:
    """A resolver that gives public addresses only, but for hosts that a source of the configuration is itself on.

    `refused` holds the hosts of which some address was refused.
    """

    def __init__(self, reactor: Any, allowed: Collection[str], refused: set[str]) -> None:
        self._reactor, self._allowed, self._refused = reactor, frozenset(allowed), refused
        self._inner = reactor.nameResolver

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> Self:
        """Make it of Scrapy's settings."""
        return cls(reactor, crawler.settings["ALLOWED_PRIVATE_HOSTS"], crawler.settings["REFUSED_HOSTS"])

    def install_on_reactor(self) -> None:
        """Let all connections resolve here."""
        self._reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[Any] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Resolve a host (Twisted's interface)."""
        host = hostName.lower().rstrip(".")
        receiver = resolutionReceiver if host in self._allowed else _Filter(resolutionReceiver, host, self._refused)
        found: IHostResolution = self._inner.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return found
