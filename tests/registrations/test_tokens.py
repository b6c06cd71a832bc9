import pytest

from registrations import tokens


def test_token_is_43_characters_and_never_the_same():
    drawn = {tokens.derive(tokens.draw_nonce()) for _ in range(10_000)}

    assert len(drawn) == 10_000
    assert {len(token) for token in drawn} == {43}


def test_token_is_derived_again_from_its_nonce():
    nonce = tokens.draw_nonce()
    token = tokens.derive(nonce)

    assert tokens.derive(nonce, tokens.fingerprint(token)) == token
    assert nonce not in token


def test_token_needs_the_key(settings):
    nonce = tokens.draw_nonce()
    token = tokens.derive(nonce)
    settings.SECRET_KEY = "another-key"

    assert tokens.derive(nonce) != token


def test_token_outlives_a_change_of_key(settings):
    nonce = tokens.draw_nonce()
    token = tokens.derive(nonce)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key"

    assert tokens.derive(nonce, tokens.fingerprint(token)) == token


def test_token_is_refused_when_no_key_fits(settings):
    nonce = tokens.draw_nonce()
    expected = tokens.fingerprint(tokens.derive(nonce))
    settings.SECRET_KEY = "another-key"

    with pytest.raises(ValueError, match="no key in force"):
        tokens.derive(nonce, expected)
