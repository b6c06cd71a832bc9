from sessions.admin.forms import WordedForm
from sessions.models import Phase
from sessions.typography import NBSP


class PhaseForm(WordedForm):
    class Meta:
        model = Phase
        fields = ["position", "label", "title"]


def test_titles_get_french_spaces():
    form = PhaseForm({"position": 1, "label": "Phase n° 1", "title": "L'égalité : agir"})

    assert form.is_valid()
    assert form.cleaned_data["label"] == f"Phase n°{NBSP}1"
    assert form.cleaned_data["title"] == f"L’égalité{NBSP}: agir"
