# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Certificates for tests. Needs the program openssl."""

import os
import subprocess


def make_certificate(folder, *names):
    """A key and a certificate for localhost that it signed itself, as the options of an endpoint.

    If there are `names` for which the certificate is (DNS), these are in the names of its files, too.
    """
    stem = "-".join([*names, ""])
    key, certificate = os.path.join(folder, f"{stem}key.pem"), os.path.join(folder, f"{stem}certificate.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate]
    if names:
        command += ["-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)]
    subprocess.run(command, check=True, capture_output=True)
    return {"key": key, "certificate": certificate}
