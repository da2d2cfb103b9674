"""The part of ofctl_rest that the driver uses, for os-ken, whose packages bring the library but no longer the app.

What switches are asked, and how answers read, is os-ken's own library (os_ken.lib.ofctl_v1_*). What stands here is
HTTP, with the manners of ofctl_rest that the driver has to live with:
  - bodies are read as literals of Python, so that JSON's true, false and null end in status 500;
  - 404 for a switch that is not connected, and for a command that is not known;
  - 501 for what the switch's version of OpenFlow does not have, or the library cannot tell;
  - 200 for a command as soon as it is sent, whatever the switch says to it.
The port is $WSAPI_PORT, on 127.0.0.1.
"""

import ast
import json
import os
import re

from os_ken.base import app_manager
from os_ken.controller import dpset, ofp_event
from os_ken.controller.handler import MAIN_DISPATCHER, set_ev_cls
from os_ken.lib import hub, ofctl_v1_2, ofctl_v1_3, ofctl_v1_4, ofctl_v1_5
from os_ken.ofproto import ofproto_v1_2, ofproto_v1_3, ofproto_v1_4, ofproto_v1_5

LIBRARIES = {
    ofproto_v1_2.OFP_VERSION: ofctl_v1_2,
    ofproto_v1_3.OFP_VERSION: ofctl_v1_3,
    ofproto_v1_4.OFP_VERSION: ofctl_v1_4,
    ofproto_v1_5.OFP_VERSION: ofctl_v1_5,
}
REPLIES = [
    ofp_event.EventOFPStatsReply,
    ofp_event.EventOFPGroupDescStatsReply,
    ofp_event.EventOFPMeterDescStatsReply,
]


class Refused(Exception):
    """Answered with this status."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class OfctlRest(app_manager.OSKenApp):
    OFP_VERSIONS = list(LIBRARIES)
    _CONTEXTS = {"dpset": dpset.DPSet}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.switches = kwargs["dpset"]
        self.waiters = {}

    def start(self):
        super().start()
        place = ("127.0.0.1", int(os.environ["WSAPI_PORT"]))
        return hub.spawn(hub.WSGIServer(place, self.serve).serve_forever)

    def serve(self, environ, start_response):
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        try:
            answer = json.dumps(self.read(path)) if method == "GET" else self.write(path, body_of(environ))
        except Refused as refused:
            start_response("%d Refused" % refused.status, [("Content-Type", "text/plain")])
            return [b""]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [answer.encode()]

    def read(self, path):
        if path == "/stats/switches":
            return [int(dpid) for dpid in self.switches.dps]
        what, dpid = match(r"/stats/(groupdesc|meterdesc)/([^/]+)", path)
        datapath = self.switch(dpid)
        try:
            return getattr(LIBRARIES[datapath.ofproto.OFP_VERSION], "get_%s_desc" % what[:5])(datapath, self.waiters)
        except AttributeError:
            raise Refused(501)

    def write(self, path, body):
        (command,) = match(r"/stats/groupentry/([^/]+)", path)
        # What is no literal is an error that nobody catches: status 500.
        group = ast.literal_eval(body)
        datapath = self.switch(group.get("dpid"))
        commands = {word: getattr(datapath.ofproto, "OFPGC_" + word.upper()) for word in ("add", "modify", "delete")}
        if command not in commands:
            raise Refused(404)
        LIBRARIES[datapath.ofproto.OFP_VERSION].mod_group_entry(datapath, group, commands[command])
        return ""

    def switch(self, dpid):
        try:
            datapath = self.switches.get(int(str(dpid), 0))
        except ValueError:
            raise Refused(400)
        if datapath is None:
            raise Refused(404)
        return datapath

    @set_ev_cls(REPLIES, MAIN_DISPATCHER)
    def replied(self, event):
        message = event.msg
        waiting = self.waiters.get(message.datapath.id, {})
        if message.xid not in waiting:
            return
        arrived, messages = waiting[message.xid]
        messages.append(message)
        if not message.flags & message.datapath.ofproto.OFPMPF_REPLY_MORE:
            del waiting[message.xid]
            arrived.set()


def match(pattern, path):
    found = re.fullmatch(pattern, path)
    if found is None:
        raise Refused(404)
    return found.groups()


def body_of(environ):
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
