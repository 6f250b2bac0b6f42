"""A service of a compose file, with the line of each value."""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.model import Site

_DEFAULT = frozenset({"default"})


class Setting(msgspec.Struct, frozen=True):
    """A value of a file.

    Attributes:
        raw: As it is written.
        value: With variables put in.
    """

    raw: str
    value: str
    site: Site


class Port(msgspec.Struct, frozen=True):
    """A published port, one of a range; `host` is empty for every interface."""

    target: int
    protocol: str
    host: str
    site: Site


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """One service.

    Attributes:
        names: By which the others reach it.
        context: The directory that its image is built from; None without a build.
        build_args: Arguments of its build.
        of_environment: Variables of `environment`.
        of_env_files: Variables of the files of `env_file`.
        command: Its arguments, each as PID 1 gets it.
        log_group: Where Docker's awslogs driver writes its output; None for another driver.
        network_mode: ``host``, ``none``, ``bridge``, ``service:NAME``, ``container:NAME``; None for a
            network of its own.
        networks: That it is on, as Docker names them.
        extra_hosts: Name → address that its container knows besides.
        profiles: Of which one starts it; empty where it is always started.
    """

    name: str
    site: Site
    names: frozenset[str] = frozenset()
    image: str = ""
    context: Path | None = None
    build_args: dict[str, Setting] = {}
    of_environment: dict[str, Setting] = {}
    of_env_files: dict[str, Setting] = {}
    ports: tuple[Port, ...] = ()
    command: tuple[Setting, ...] = ()
    log_group: Setting | None = None
    network_mode: Setting | None = None
    networks: frozenset[str] = _DEFAULT
    extra_hosts: dict[str, str] = {}
    profiles: frozenset[str] = frozenset()

    @property
    def environment(self) -> dict[str, Setting]:
        """Its variables: those of `environment` win over those of `env_file`."""
        return {**self.of_env_files, **self.of_environment}

    @property
    def is_xray_daemon(self) -> bool:
        """Whether it runs AWS's X-Ray daemon, as far as its image and name say."""
        return "xray-daemon" in self.image or "xray-daemon" in self.name

    @property
    def network(self) -> str:
        """Its `network_mode`; empty for its own."""
        return self.network_mode.value if self.network_mode else ""

    @property
    def shares_network(self) -> bool:
        """Whether its network is the machine's, or another container's."""
        return self.network.startswith(("host", "service:", "container:"))

    def over(self, base: Service) -> Service:
        """Return this service as it extends another: what it has itself wins, or is added.

        Each member is merged by itself, and env files are read afterwards, so `environment` of the other
        wins over `env_file` of this. Source: the Compose file reference, "extends", which says how members
        are merged and no more; compose-go 2, `ApplyExtends` and `WithServicesEnvironmentResolved`.
        """
        return Service(
            name=self.name,
            site=self.site,
            names=self.names | (base.names - {base.name}),
            image=self.image or base.image,
            context=base.context if self.context is None else self.context,
            build_args={**base.build_args, **self.build_args},
            of_environment={**base.of_environment, **self.of_environment},
            of_env_files={**base.of_env_files, **self.of_env_files},
            ports=base.ports + self.ports,
            command=self.command or base.command,
            log_group=self.log_group or base.log_group,
            network_mode=self.network_mode or base.network_mode,
            networks=self.networks if self.networks != _DEFAULT else base.networks,
            extra_hosts={**base.extra_hosts, **self.extra_hosts},
            profiles=self.profiles | base.profiles,
        )
