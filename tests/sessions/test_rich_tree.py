import pytest

from sessions.rich_tree import tree_of


def node(tag, *children, href=""):
    return {"tag": tag, "href": href, "children": list(children)}


@pytest.mark.parametrize(
    ("html", "tree"),
    [
        ("", []),
        ("<p>Un <strong>mot</strong>.</p>", [node("p", "Un ", node("strong", "mot"), ".")]),
        ("<p>a<br>b</p>", [node("p", "a", node("br"), "b")]),
        ("<p>&lt;p&gt; &amp; #let</p>", [node("p", "<p> & #let")]),
        (
            "<ul>\n<li><p>a</p><ul><li>b</li></ul></li>\n</ul>\n",
            [node("ul", node("li", node("p", "a"), node("ul", node("li", "b"))))],
        ),
        (
            '<p><a href="https://irev.fr/">ici</a></p>',
            [node("p", node("a", "ici", href="https://irev.fr/"))],
        ),
        ('<p><a href="javascript:alert(1)">ici</a></p>', [node("p", node("a", "ici"))]),
        ("<script>alert(1)</script><p>a</p>", [node("p", "a")]),
        ("sans balise", ["sans balise"]),
    ],
)
def test_tree_holds_what_the_sanitiser_keeps(html, tree):
    assert tree_of(html) == tree


@pytest.mark.parametrize(
    ("html", "tags"),
    [
        ("<h3>a</h3><h4>b</h4>", ["h3", "h4"]),
        ("<h4>a</h4><h3>b</h3><h4>c</h4>", ["h3", "h3", "h4"]),
        ("<h4>a</h4><h4>b</h4>", ["h3", "h3"]),
    ],
)
def test_heading_is_never_deeper_than_one_below_the_last(html, tags):
    assert [each["tag"] for each in tree_of(html)] == tags
