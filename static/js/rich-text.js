/* Starts the rich text editors of the admin, under a policy that allows no inline script or style:
   the editor is imported by its address instead of through an import map, and its base style sheet
   is a file (css/admin-rich-text.css) instead of a <style> that it would add. */

import * as prose from "../django_prose_editor/editor.js";

const ATTRIBUTE = "data-django-prose-editor-configurable";

function configured(extensions) {
  return Object.entries(extensions)
    .filter(([name]) => prose[name])
    .map(([name, options]) =>
      typeof options === "object" ? prose[name].configure(options) : prose[name],
    );
}

function start(textarea) {
  if (textarea.closest(".prose-editor")) return;
  const { extensions } = JSON.parse(textarea.getAttribute(ATTRIBUTE));
  const frame = document.createElement("div");
  frame.className = "prose-editor";
  textarea.before(frame);
  frame.append(textarea);
  const label = document.querySelector(`label[for="${CSS.escape(textarea.id)}"]`);
  const editor = new prose.Editor({
    element: frame,
    injectCSS: false,
    extensions: configured(extensions),
    content: textarea.value,
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": label ? label.textContent.replace(/\s*:\s*$/, "").trim() : "",
      },
    },
    onUpdate({ editor: current }) {
      textarea.value = current.isEmpty ? "" : current.getHTML();
    },
  });
  // The label names the hidden textarea; a click on it goes where one writes.
  label?.addEventListener("click", () => editor.commands.focus());
}

prose.initializeEditors(start, `[${ATTRIBUTE}]`);
