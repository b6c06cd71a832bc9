/* Starts the rich text editors of the admin, under a policy that allows no inline script or style:
   the editor is imported by its address instead of through an import map, and its base style sheet
   is a file (css/admin-rich-text.css) instead of a <style> that it would add. */

import * as prose from "../django_prose_editor/editor.js";

const ATTRIBUTE = "data-django-prose-editor-configurable";

// The library writes the names of its buttons in English.
const FRENCH = {
  paragraph: "Paragraphe",
  Paragraph: "Paragraphe",
  "heading 3": "Titre",
  "Heading 3": "Titre",
  "heading 4": "Sous-titre",
  "Heading 4": "Sous-titre",
  "unordered list": "Liste à puces",
  "ordered list": "Liste numérotée",
  blockquote: "Citation",
  bold: "Gras",
  italic: "Italique",
  "insert link": "Lien",
  "remove link": "Retirer le lien",
  undo: "Annuler la frappe",
  redo: "Rétablir la frappe",
};

// Asks for a whole address, which the browser checks: one without https:// would not be kept.
const Link = prose.Link.extend({
  addCommands() {
    return {
      ...this.parent?.(),
      addLink:
        () =>
        ({ editor }) => {
          if (editor.state.selection.empty && !editor.isActive("link")) return;
          const address = { href: { type: "string", format: "url", title: "Adresse (https://…)" } };
          prose
            .updateAttrsDialog(address, { title: "Lien", submitText: "Appliquer" })(
              editor,
              editor.getAttributes("link"),
            )
            .then((link) => {
              if (link) editor.chain().focus().extendMarkRange("link").setLink(link).run();
            });
        },
    };
  },
});

function configured(extensions) {
  const known = { ...prose, Link };
  return Object.entries(extensions)
    .filter(([name]) => known[name])
    .map(([name, options]) =>
      typeof options === "object" ? known[name].configure(options) : known[name],
    );
}

function translate(menu) {
  for (const button of menu.querySelectorAll("[title]")) {
    if (FRENCH[button.title]) {
      button.title = FRENCH[button.title];
      button.setAttribute("aria-label", button.title);
    }
  }
  for (const option of menu.querySelectorAll(".prose-menubar__option > *")) {
    if (FRENCH[option.textContent]) option.textContent = FRENCH[option.textContent];
  }
}

function translateAsItChanges(menu) {
  translate(menu);
  new MutationObserver(() => translate(menu)).observe(menu, { childList: true, subtree: true });
}

function start(textarea) {
  if (textarea.closest(".prose-editor")) return;
  const frame = document.createElement("div");
  frame.className = "prose-editor";
  textarea.before(frame);
  frame.append(textarea);
  const label = document.querySelector(`label[for="${CSS.escape(textarea.id)}"]`);
  const editor = new prose.Editor({
    element: frame,
    injectCSS: false,
    extensions: configured(JSON.parse(textarea.getAttribute(ATTRIBUTE)).extensions),
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
  // The label names the textarea, which is hidden; a click on it leads where one writes.
  label?.addEventListener("click", () => editor.commands.focus());
  editor.on("create", () => translateAsItChanges(frame.querySelector(".prose-menubar")));
}

prose.initializeEditors(start, `[${ATTRIBUTE}]`);
