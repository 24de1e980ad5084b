from railnet.weak import backbone, bridges, hubs


def test_bridges(network):
    assert bridges(network) == [("Airport", "Park"), ("Harbour", "Market")]


def test_hubs(network):
    assert hubs(network) == ["Market", "Park"]


def test_backbone(network):
    minutes, pairs = backbone(network)
    assert minutes == 4 + 2 + 2 + 2 + 11
    assert ("Market", "Old Town") not in pairs
