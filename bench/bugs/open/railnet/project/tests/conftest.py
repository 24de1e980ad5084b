import pytest

from railnet import read_network

TEXT = """
station Harbour zone=2 change=5
station Airport zone=3
line U1: Harbour 4 Market 3 "Old Town" 2 Park
line U2: Market 2 Museum 2 Park     # the slow way round
line R2: Park 11 Airport
"""


@pytest.fixture
def network():
    return read_network(TEXT)
