"""The site of the pages: Sphinx reads the Markdown files of a copy of the source tree, made by `build`, as they are.

What GitHub does and Sphinx does not is done here: a link to a folder leads to its README, and to any other file to the
file. What the site has beside the pages is its menu, and the pipeline file below the README of each example.
"""

import posixpath
import re
from pathlib import Path

from sphinx.errors import ExtensionError

project = "golem-pipeline"
html_title = "golem-pipeline"
root_doc = "README"
extensions = ["myst_parser"]
exclude_patterns = ["docs/site"]
highlight_language = "none"  # What is only indented is a command line, or what one said.
myst_heading_anchors = 4
html_theme = "furo"
smartquotes = False  # Text is what was written.
html_favicon = "icon.svg"
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False

OTHERS = "Go further"  # where pages of docs/ are that the menu does not name
MENU = {
    "Use": "docs/guide docs/splits docs/merges docs/includes docs/reference docs/troubleshooting pipelines/README docs/compare",
    "Go further": "docs/golem docs/images docs/media docs/genomes docs/plugins docs/ci",
    "From Java": "docs/java-pipeline docs/java-client",
    "The project": "CONTRIBUTING CHANGELOG docs/adr/README runner/bench/README",
}
LINK = re.compile(r"(?<=\]\()([^)\s#:]+/)(?=[)#])")
FROM_ELSEWHERE = re.compile(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"(?:https?:)?//|<link\b[^>]*\bhref=\"(?:https?:)?//")
STYLE_FROM_ELSEWHERE = re.compile(r"(?:url\(|@import\s*)[\"']?(?:https?:)?//")


def read(app, page, source):
    """What Sphinx is given of a page."""
    folder = Path(app.srcdir, page).parent

    def readme(link):
        name = link.group(1) + "README.md"
        return name if (folder / name).is_file() else link.group(1)

    text = LINK.sub(readme, source[0])
    if (folder / "pipeline.yaml").is_file():
        text += "\n## `pipeline.yaml`\n\n```{literalinclude} pipeline.yaml\n:language: yaml\n```\n"
    if page == root_doc:
        listed = " ".join(MENU.values()).split()
        others = sorted(f"docs/{each.stem}" for each in folder.glob("docs/*.md") if f"docs/{each.stem}" not in listed)
        for caption, pages in MENU.items():
            text += menu(pages.split() + (others if caption == OTHERS else []), caption)
    if page == "pipelines/README":
        text += menu(sorted(f"{each.parent.name}/README" for each in folder.glob("*/README.md")))
    if page == "docs/adr/README":
        text += menu(sorted(each.stem for each in folder.glob("2*.md")))
    source[0] = text


def menu(pages, caption=None):
    """A hidden list of pages, beginning at the top of the tree if it has a caption."""
    options = [":hidden:"] + ([f":caption: {caption}"] if caption else [])
    pages = ["/" + page if caption else page for page in pages]
    return "\n\n```{toctree}\n" + "\n".join([*options, "", *pages]) + "\n```\n"


def check(app, failure):
    """Nothing that a browser loads comes from elsewhere."""
    if failure:
        return
    for file in Path(app.outdir).rglob("*.*"):
        pattern = {".html": FROM_ELSEWHERE, ".css": STYLE_FROM_ELSEWHERE}.get(file.suffix)
        found = pattern and pattern.search(file.read_text(encoding="utf-8"))
        if found:
            raise ExtensionError(f"{file} loads something from another host: {found.group()}")


def setup(app):
    app.connect("source-read", read)
    app.connect("build-finished", check)
