"""What a plain script does with a cluster through proxmoxer. It knows Proxmox VE, and nothing else.

Environment: PVE_HOST, PVE_PORT, PVE_CA, PVE_USER, PVE_PASSWORD, PVE_TOKEN_USER, PVE_TOKEN_NAME, PVE_TOKEN_SECRET,
MOVE, ABORT (vmids). Prints what it found as one JSON object.
"""

import json
import os
import sys
import time

from proxmoxer import ProxmoxAPI
from proxmoxer.core import ResourceException

PLACE = {"port": int(os.environ["PVE_PORT"]), "verify_ssl": os.environ["PVE_CA"], "timeout": 30}


def by_ticket():
    return ProxmoxAPI(os.environ["PVE_HOST"], user=os.environ["PVE_USER"], password=os.environ["PVE_PASSWORD"], **PLACE)


def by_token():
    return ProxmoxAPI(
        os.environ["PVE_HOST"],
        user=os.environ["PVE_TOKEN_USER"],
        token_name=os.environ["PVE_TOKEN_NAME"],
        token_value=os.environ["PVE_TOKEN_SECRET"],
        **PLACE,
    )


def place_of(pve, vmid):
    rows = [row for row in pve.cluster.resources.get(type="vm") if row["vmid"] == vmid]
    return rows[0]["node"]


def follow(pve, node, upid):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        status = pve.nodes(node).tasks(upid).status.get()
        if status["status"] == "stopped":
            return status["exitstatus"]
        time.sleep(0.05)
    raise TimeoutError(upid)


def whole_log(pve, node, upid):
    lines, start = [], 0
    while True:
        page = pve.nodes(node).tasks(upid).log.get(start=start, limit=4)
        lines += [row["t"] for row in page]
        if len(page) < 4:
            return lines
        start += len(page)


def move(pve, vmid):
    source = place_of(pve, vmid)
    checked = pve.nodes(source).qemu(vmid).migrate.get()
    target = checked["allowed_nodes"][0]
    upid = pve.nodes(source).qemu(vmid).migrate.post(target=target, online=1)
    exitstatus = follow(pve, source, upid)
    return {
        "source": source,
        "target": target,
        "running": checked["running"],
        "type": upid.split(":")[5],
        "exitstatus": exitstatus,
        "log": whole_log(pve, source, upid),
        "config": pve.nodes(target).qemu(vmid).config.get()["name"],
    }


def abort(pve, vmid):
    source = place_of(pve, vmid)
    target = pve.nodes(source).qemu(vmid).migrate.get()["allowed_nodes"][0]
    upid = pve.nodes(source).qemu(vmid).migrate.post(target=target, online=1)
    pve.nodes(source).tasks(upid).delete()
    return {"exitstatus": follow(pve, source, upid), "node": place_of(pve, vmid), "source": source}


def refusal(ask):
    try:
        ask()
        return None
    except ResourceException as error:
        return str(error).strip()


def main():
    root, token = by_ticket(), by_token()
    found = {
        "version": root.version.get()["version"],
        "nodes": sorted(row["node"] for row in root.nodes.get()),
        "resources": len(token.cluster.resources.get()),
        "status": [row["name"] for row in token.cluster.status.get() if row["type"] == "cluster"],
        "rrd": sorted(token.nodes("pve1").rrddata.get(timeframe="hour")[-1].keys()),
        "refusals": [
            refusal(lambda: token.nodes("pve1").qemu(999).config.get()),
            refusal(lambda: token.nodes("pve1").qemu(int(os.environ["MOVE"])).migrate.post(target="pve2", speed=1)),
            refusal(lambda: token.nodes("pve1").qemu(int(os.environ["MOVE"])).status.stop.post()),
            refusal(lambda: token.no.such.path.get()),
        ],
        "moved": move(token, int(os.environ["MOVE"])),
        "aborted": abort(root, int(os.environ["ABORT"])),
    }
    json.dump(found, sys.stdout)


main()
