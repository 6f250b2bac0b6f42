"""EventBridge's targets that moto does not deliver to: SNS topics are served here, of others it is said.

At the first of them moto 5.2 raises ``NotImplementedError: Expr not defined for <class Rule>``, which fails
the PutEvents and leaves out what follows. AWS answers it whether or not a target can be reached.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

from harness.capture.patching import Patches

_SERVED_BY_MOTO = ("logs", "events", "sqs")


class EventTargets:
    """Delivers each event to the targets of its rules.

    Args:
        patches: Watches moto's EventBridge.
    """

    def __init__(self, patches: Patches) -> None:
        self._unreached: dict[str, None] = {}

        def watch(models: ModuleType) -> None:
            def send_to_all(
                send: Callable[..., Any], rule: Any, event: dict[str, Any], **kwargs: Any
            ) -> None:
                self._send_to_all(models, send, rule, event, **kwargs)

            patches.wrap(models.Rule, "send_to_targets", send_to_all)

        patches.when_imported("moto.events.models", watch)

    def take_unreached(self) -> list[str]:
        """Return what to say of the targets that the last request did not reach."""
        unreached = list(self._unreached)
        self._unreached.clear()
        return unreached

    def _send_to_all(
        self,
        models: ModuleType,
        send: Callable[..., Any],
        rule: Any,
        event: dict[str, Any],
        *,
        transform_input: bool = True,
    ) -> None:
        targets = [(models.parse_arn(target["Arn"]), target) for target in rule.targets]
        everything = rule.targets
        rule.targets = [target for arn, target in targets if arn.service in _SERVED_BY_MOTO]
        try:
            send(rule, event, transform_input=transform_input)
        finally:
            rule.targets = everything
        if not rule.event_pattern.matches_event(event):
            return
        for arn, target in targets:
            if arn.service == "sns":
                _publish(models, arn, target, event)
            elif arn.service not in _SERVED_BY_MOTO:
                reason = (
                    f"rule {rule.name!r} has the target {target['Arn']!r}, and moto delivers no event to "
                    f"{arn.service!r}: it was not called; call it by what an SQS target of the rule receives"
                )
                self._unreached[reason] = None


def _publish(models: ModuleType, arn: Any, target: dict[str, Any], event: dict[str, Any]) -> None:
    from moto.sns.models import sns_backends

    transformer = target.get("InputTransformer", {})
    # As moto makes what it sends to a queue.
    body = models.EventTemplateParser.parse(
        input_template=transformer.get("InputTemplate"),
        input_paths_map=transformer.get("InputPathsMap", {}),
        event=event,
    )
    if "time" in body:
        made = models.utcfromtimestamp(float(body["time"]))
        body["time"] = models.iso_8601_datetime_without_milliseconds(made)
    sns_backends[arn.account][arn.region].publish(json.dumps(body), target["Arn"])
