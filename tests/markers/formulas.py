"""Transverse Mercator and the seven parameters by formulas of our tests' own (Krüger, 1912)."""

import numpy as np

A, F = 6_378_137.0, 1 / 298.257223563
E2 = F * (2 - F)
NATIONAL = ((-191.90441429, -39.30318279, -111.45032835), (-0.00928836, 0.01975479, -0.00427372),
            0.252906278)  # fmt: skip
"""Decision 05/2007: shifts (m), rotations (″), scale (ppm), VN-2000 to WGS 84."""

MEKONG = ((-192.873, -39.382, -111.202), (0.00205, 0.0005, -0.00335), 0.0188)
"""EPSG:5194, the operation of the Mekong delta."""


def geographic(e, n, meridian, k=0.9999):
    """Krüger's series: plane of a zone to longitude and latitude, WGS 84 ellipsoid."""
    f = 1 / 298.257223563
    m = f / (2 - f)
    radius = 6_378_137.0 / (1 + m) * (1 + m**2 / 4 + m**4 / 64)
    xi, eta = n / (k * radius), (e - 500_000) / (k * radius)
    x, y = xi.copy(), eta.copy()
    for j, b in enumerate(
        (m / 2 - 2 * m**2 / 3 + 37 * m**3 / 96, m**2 / 48 + m**3 / 15, 17 * m**3 / 480), 1
    ):
        x = x - b * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
        y = y - b * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
    chi = np.arcsin(np.sin(x) / np.cosh(y))
    phi = chi + sum(
        d * np.sin(2 * j * chi)
        for j, d in enumerate(
            (2 * m - 2 * m**2 / 3 - 2 * m**3, 7 * m**2 / 3 - 8 * m**3 / 5, 56 * m**3 / 15), 1
        )
    )
    return np.radians(meridian) + np.arctan2(np.sinh(y), np.cos(x)), phi


def plane(lam, phi, meridian, k=0.9999):
    """The series the other way."""
    f = 1 / 298.257223563
    m = f / (2 - f)
    radius = 6_378_137.0 / (1 + m) * (1 + m**2 / 4 + m**4 / 64)
    e = np.sqrt(f * (2 - f))
    t = np.sinh(np.arctanh(np.sin(phi)) - e * np.arctanh(e * np.sin(phi)))
    turn = lam - np.radians(meridian)
    xi, eta = np.arctan2(t, np.cos(turn)), np.arcsinh(np.sin(turn) / np.hypot(t, np.cos(turn)))
    x, y = xi.copy(), eta.copy()
    for j, a in enumerate(
        (m / 2 - 2 * m**2 / 3 + 5 * m**3 / 16, 13 * m**2 / 48 - 3 * m**3 / 5, 61 * m**3 / 240), 1
    ):
        x = x + a * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
        y = y + a * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
    return 500_000 + k * radius * y, k * radius * x


def moved_datum(lam, phi, parameters=NATIONAL, back=False, flipped=False):
    """Longitude and latitude (radians) of VN-2000 to WGS 84, ``back`` the other way.

    Coordinate-frame rotation; ``flipped`` takes the rotations as position-vector ones.
    """
    (tx, ty, tz), rotations, ppm = parameters
    rx, ry, rz = np.radians(np.array(rotations) / 3600) * (-1 if flipped else 1)
    turn = np.array([[1, rz, -ry], [-rz, 1, rx], [ry, -rx, 1]]) * (1 + ppm / 1e6)
    n = A / np.sqrt(1 - E2 * np.sin(phi) ** 2)
    earth = np.array([n * np.cos(phi) * np.cos(lam), n * np.cos(phi) * np.sin(lam),
                      n * (1 - E2) * np.sin(phi)])  # fmt: skip
    shift = np.array([[tx], [ty], [tz]])
    x, y, z = np.linalg.solve(turn, earth - shift) if back else turn @ earth + shift
    p = np.hypot(x, y)
    lat = np.arctan2(z, p * (1 - E2))
    for _ in range(6):
        n = A / np.sqrt(1 - E2 * np.sin(lat) ** 2)
        height = p / np.cos(lat) - n
        lat = np.arctan2(z, p * (1 - E2 * n / (n + height)))
    return np.arctan2(y, x), lat
