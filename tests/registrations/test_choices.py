from registrations.templatetags.choices import has_selected


def test_has_selected_is_about_one_option_at_least():
    assert has_selected([{"selected": False}, {"selected": True}])
    assert not has_selected([{"selected": False}])
    assert not has_selected([])
