"""What a page tells to screen readers, as text: its accessibility tree, one node a line."""

from playwright.sync_api import Page

# They hold others and say nothing of their own.
_SILENT = {"none", "generic", "paragraph", "time"} | {
    *("InlineTextBox", "StaticText", "ListMarker", "LineBreak"),
    *("LabelText", "Legend", "MenuListPopup"),
}
_TOLD = ("required", "invalid", "checked", "expanded")


def tree_of(page: Page, role: str) -> str:
    """The part under the first node of this role: role, name, description, states."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in nodes}
    top = next(node for node in nodes if _value(node, "role") == role)
    lines: list[str] = []

    def tell(node: dict, depth: int) -> None:
        is_told = not node["ignored"] and _value(node, "role") not in _SILENT
        if is_told:
            lines.append("  " * depth + _line(node))
        for child in node.get("childIds", ()):
            if child in by_id:
                tell(by_id[child], depth + is_told)

    tell(top, 0)
    return "\n".join(lines) + "\n"


def _line(node: dict) -> str:
    states = {state["name"]: state["value"].get("value") for state in node.get("properties", ())}
    told = [
        f"{name}={states[name]}" for name in _TOLD if states.get(name) not in (None, False, "false")
    ]
    description = _value(node, "description")
    parts = [
        _value(node, "role"),
        f"« {_value(node, 'name')} »" if _value(node, "name") else "",
        f"({description})" if description else "",
        *(f"[{state}]" for state in told),
    ]
    return " ".join(part for part in parts if part)


def _value(node: dict, name: str) -> str:
    return str(node.get(name, {}).get("value", ""))
