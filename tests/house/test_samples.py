import importlib.util
import shutil

import pytest

from gisclusters.errors import UnavailableError
from gisclusters.samples import samples_dir


def test_a_checkout_finds_its_own_samples(root):
    assert samples_dir() == root / "data" / "samples"


@pytest.fixture
def installed(root, tmp_path):
    """The module as it lies in an installation, away from any checkout."""
    package = tmp_path / "site-packages" / "gisclusters"
    package.mkdir(parents=True)
    file = shutil.copy(root / "gisclusters" / "samples.py", package)
    spec = importlib.util.spec_from_file_location("installed_samples", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return package, module


def test_an_installation_finds_the_samples_that_the_wheel_brought(installed):
    package, module = installed
    (package / "_samples").mkdir()
    assert module.samples_dir() == package / "_samples"


def test_an_installation_without_samples_says_where_it_looked(installed):
    package, module = installed
    with pytest.raises(UnavailableError) as refusal:
        module.samples_dir()
    assert refusal.value.key == "samples.missing"
    assert refusal.value.params == {"path": str(package / "_samples")}
