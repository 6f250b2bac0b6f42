"""Building an image from a Dockerfile, by testcontainers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.errors import ImageNotPulledError, LaunchError
from harness.launch.docker import uninstrumented


def build_image(context: Path, dockerfile: str, tag: str, *, arguments: Mapping[str, str] = {}) -> str:
    """Build an image and return its tag; layers that did not change come from Docker's cache.

    Args:
        context: The directory that is sent to Docker.
        dockerfile: Below the context.
        arguments: Build arguments.

    Raises:
        ImageNotPulledError: What it builds on is not here and cannot be pulled.
        LaunchError: The build fails; the message shows its last lines.
    """
    from docker.errors import BuildError, DockerException
    from testcontainers.core.image import DockerImage

    image = DockerImage(
        context, tag=tag, dockerfile_path=dockerfile, clean_up=False, buildargs=dict(arguments), rm=True
    )
    with uninstrumented():
        try:
            image.build()
        except BuildError as error:
            if _is_about_pulling(str(error)):
                raise ImageNotPulledError(
                    f"{dockerfile}: the image that it builds on cannot be pulled: {error};"
                    " give one that is here as build argument BASE_IMAGE"
                ) from error
            lines = "".join(str(entry.get("stream", "")) for entry in error.build_log).splitlines()
            shown = "\n  ".join((*lines[-15:], str(error)))
            raise LaunchError(f"{dockerfile} does not build:\n  {shown}") from error
        except (DockerException, OSError) as error:
            raise LaunchError(f"{dockerfile} does not build: {error}; check the context {context}") from error
    return tag


def _is_about_pulling(message: str) -> bool:
    """Return True when Docker says that no registry answered, or that it has no such image."""
    return "/v2/" in message or "pull access denied" in message or "manifest unknown" in message
