"""Which tests look at the text of a program in place of running it."""

import pytest

from fixbot_agent.remarking.forms import looks_at_text

CHANGED = ("shop/cart.py",)


@pytest.mark.parametrize(
    "code",
    [
        "import inspect\nimport shop.cart\n\ndef test_a():\n    assert 'x' not in inspect.getsource(shop.cart)\n",
        "from inspect import getsourcelines as lines\n",
        "import shop.cart\n\ndef test_a():\n    assert 'x' in open(shop.cart.__file__).read()\n",
        "def test_a():\n    assert 'x' in open('shop/cart.py').read()\n",
        "from pathlib import Path\n\ndef test_a():\n    assert Path('./shop', 'cart.py').stat().st_size > 3\n",
        "import shop.cart\n\ndef test_a():\n    assert getattr(shop.cart.total, '__code__').co_argcount == 2\n",
        "import linecache\n",
        "from pathlib import Path\n\ndef test_a():\n    assert hash((Path('shop') / ('ca' + 'rt.py')).read_bytes()) == 3\n",
        "import os\n\ndef test_a():\n    assert len(os.listdir('.')) == 3\n",
    ],
)
def test_these_do(code: str) -> None:
    assert looks_at_text(code, CHANGED)


@pytest.mark.parametrize(
    "code",
    [
        "from shop.cart import total\n\ndef test_a(tmp_path):\n    (tmp_path / 'x.py').write_text('1')\n    assert total([]) == 0\n",
        "import inspect\nfrom shop import cart\n\ndef test_a():\n    assert 'rate' in inspect.signature(cart.total).parameters\n",
        "from shop import cart\n\ndef test_a(tmp_path):\n    cart.save(tmp_path / 'x')\n    assert (tmp_path / 'x').read_text() == '1'\n",
        "from shop import door\n\ndef test_a():\n    assert door.open('key')\n",
        "def broken(:\n",
    ],
)
def test_these_do_not(code: str) -> None:
    assert not looks_at_text(code, CHANGED)
