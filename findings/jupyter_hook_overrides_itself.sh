#!/usr/bin/env bash
# Jupyter Server: a pre-save hook given once "overrides" itself, with a warning
#
# Expected: one hook, given once as a callable in the configuration, is registered silently; the
#   warning "Overriding existing pre_save_hook" is for a second one.
# Instead: the warning comes for the first and only hook, "(stamp) with a new one (stamp)": the
#   validator reads the trait, whose value is the proposed one already. Where warnings are errors the
#   server does not start. As a dotted name the same hook is taken without a word.
# Version: jupyter_server 2.21.1.
# Seen:
#   a callable: ['Overriding existing pre_save_hook (stamp) with a new one (stamp).']
#   a dotted name: []
# Source: jupyter_server/services/contents/manager.py, _validate_pre_save_hook.
# Remedy: a dotted name, or register_pre_save_hook in a server extension, which also leaves a hook of
#   the user's own in place; here, bo_tutorial.course.saving.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet jupyter_server==2.21.1
cd "$dir"
cat >hooks.py <<'PY'
def stamp(model, path, contents_manager, **others):
    model["stamped"] = True
PY
"$dir/venv/bin/python" - <<'PY'
import sys
import warnings

sys.path.insert(0, "")
import hooks
import jupyter_server
from jupyter_server.services.contents.filemanager import FileContentsManager
from traitlets.config import Config

print("jupyter_server", jupyter_server.__version__)


def said(hook):
    config = Config()
    config.FileContentsManager.pre_save_hook = hook
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        manager = FileContentsManager(config=config)
    assert manager.pre_save_hook is hooks.stamp
    return [str(each.message) for each in caught if "hook" in str(each.message)]


a_callable, a_name = said(hooks.stamp), said("hooks.stamp")
print("a callable:", a_callable)
print("a dotted name:", a_name)
assert len(a_callable) == 1 and "(stamp) with a new one (stamp)" in a_callable[0]
assert a_name == [], "the behavior has changed"
PY
