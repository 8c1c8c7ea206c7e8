"""Keeps the book whole without a network: local maths, and no link that leads nowhere."""

from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path
from shutil import copyfile

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

MATHJAX = "sphinx-mathjax-offline/static/mathjax/tex-svg-full.js"
NOTICE = """MathJax 3.2.2, https://www.mathjax.org
Copyright (c) 2009-2022 The MathJax Consortium

Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file
except in compliance with the License. You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software distributed under the
License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either
express or implied. See the License for the specific language governing permissions and
limitations under the License.
"""


def copy_mathjax(app: Sphinx) -> None:
    """Put MathJax, which a Python package carries, beside the pages (it is too big to commit)."""
    if app.builder.format != "html":
        return
    source = Path(str(distribution("sphinx-mathjax-offline").locate_file(MATHJAX)))
    if not source.is_file():
        raise ExtensionError(
            f"MathJax: expected {source}; install sphinx-mathjax-offline, which holds it"
        )
    folder = Path(app.outdir) / "_static" / "mathjax"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / source.name
    if not target.is_file() or target.stat().st_size != source.stat().st_size:
        copyfile(source, target)
    (folder / "NOTICE.txt").write_text(NOTICE, encoding="utf-8")


def repository_options(options: dict) -> dict:
    """Theme options with links to the repository, or without any while it has no address.

    >>> repository_options({"repository_url": "", "launch_buttons": {"colab_url": "x"}})
    {'repository_url': '', 'launch_buttons': {}}
    """
    if not options.get("repository_url"):
        return {**options, "launch_buttons": {}}
    return {
        **options,
        "use_repository_button": True,
        "use_issues_button": True,
        "use_source_button": True,
    }


def set_repository_options(app: Sphinx, config: Config) -> None:
    """Show launch buttons and links to sources only when ``repository.url`` is set."""
    config.html_theme_options = repository_options(config.html_theme_options)


def name_references(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Make a list of references a list whose children are its items, also for screen readers."""
    if 'role="doc-biblioentry"' in context.get("body", ""):
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def renew_styles(
    app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set
) -> list[str]:
    """Write a page when only a style or a script changed: else Sphinx would copy nothing."""
    digest = sha256()
    for folder in app.config.html_static_path:
        for path in sorted(Path(app.srcdir, folder).rglob("*.*")):
            digest.update(path.read_bytes())
    before, env.course_styles = getattr(env, "course_styles", None), digest.hexdigest()
    return [] if before == env.course_styles else [env.config.root_doc]


def remove_old_pages(app: Sphinx, failure: Exception | None) -> None:
    """Delete pages of earlier builds that the book no longer holds."""
    if failure is None and app.builder.format == "html":
        for page in Path(app.outdir).glob("book/**/*.html"):
            if page.relative_to(app.outdir).with_suffix("").as_posix() not in app.env.found_docs:
                page.unlink()


def setup(app: Sphinx) -> dict:
    """Connect to the build."""
    app.add_config_value("comments_config", {}, "html")  # jupyter-book sets it, unasked
    app.connect("config-inited", set_repository_options)
    app.connect("builder-inited", copy_mathjax)
    app.connect("env-get-outdated", renew_styles)
    app.connect("html-page-context", name_references)
    app.connect("build-finished", remove_old_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
