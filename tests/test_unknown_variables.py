import pytest
from django.template import Context, Engine, Origin, Template

from tests.unknown_variables import OUR_TEMPLATES, UnknownVariable, UnknownVariableError


def rendered(source: str, file: str) -> str:
    engine = Engine(string_if_invalid=UnknownVariable("%s"))
    template = Template(source, Origin(file), engine=engine)
    return template.render(Context({"known": "a"}))


def test_unknown_variable_in_our_template_is_an_error():
    with pytest.raises(UnknownVariableError, match="uses unknown"):
        rendered("{{ known }}{{ unknown }}", f"{OUR_TEMPLATES}/page.html")


def test_unknown_variable_in_the_template_of_another_app_is_empty():
    assert rendered("{{ known }}{{ unknown }}", "/elsewhere/admin/base.html") == "a"


def test_unknown_variable_in_a_condition_is_false():
    source = "{% if unknown %}b{% else %}{{ known }}{% endif %}"

    assert rendered(source, f"{OUR_TEMPLATES}/page.html") == "a"
