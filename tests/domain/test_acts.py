"""The acts of administration."""

from phiward.domain.acts import AdministrativeAct


def test_the_value_of_an_act_is_the_action_of_the_policies():
    """Lower case, a verb first; so that a rule, a log entry and the code use one word."""
    for act in AdministrativeAct:
        assert act.value == act.name.lower()
        assert act.value.split("_")[0] in {"manage", "read", "review", "request"}
