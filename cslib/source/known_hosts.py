"""A share behind SSH whose host has to be known: to whom a password is sent is not left to whoever answers first."""

from __future__ import annotations

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem


class KnownHosts(SFTPFileSystem):
    """Files behind SSH, of a host whose key stands in `~/.ssh/known_hosts`; fsspec's own takes any key."""

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        self.client.load_system_host_keys()
        self.client.connect(self.host, **self.ssh_kwargs)
        self.ftp = self.client.open_sftp()
