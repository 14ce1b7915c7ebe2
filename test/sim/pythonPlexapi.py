"""Drives sim/plex by python-plexapi as it is, and prints what it saw as one JSON object.

Its hosts at Plex are literals, so the session it is handed sends them to the simulator instead.
Usage: pythonPlexapi.py URL TOKEN
"""

import json
import sys
from urllib.parse import urlsplit, urlunsplit

import plexapi
import requests
from plexapi.exceptions import BadRequest, NotFound, Unauthorized
from plexapi.myplex import MyPlexAccount
from plexapi.server import PlexServer
from requests.adapters import HTTPAdapter

URL, TOKEN = sys.argv[1:]


class ToSimulator(HTTPAdapter):
    """Sends to the simulator what is meant for plex.tv."""

    def send(self, request, **kwargs):
        _, _, path, query, fragment = urlsplit(request.url)
        scheme, host = urlsplit(URL)[:2]
        request.url = urlunsplit((scheme, host, path, query, fragment))
        return super().send(request, **kwargs)


def session():
    made = requests.Session()
    made.trust_env = False
    for host in ('https://plex.tv', 'https://clients.plex.tv'):
        made.mount(host, ToSimulator())
    return made


def refusal(work):
    """The name of the exception and its text; None when there was none."""
    try:
        work()
    except (BadRequest, NotFound, Unauthorized) as error:
        return [type(error).__name__, str(error)]
    return None


account = MyPlexAccount(token=TOKEN, session=session())
server = PlexServer(URL, TOKEN, session=session())
films, shows, kids = (server.library.section(title) for title in ('Films', 'Shows', 'Kids'))


def users():
    return [
        {
            'title': user.title,
            'username': user.username,
            'email': user.email,
            'home': user.home,
            'servers': [[one.name, one.pending, one.numLibraries] for one in user.servers],
        }
        for user in account.users()
    ]


def shared(name):
    """The libraries of the first server that this person has."""
    share = account.user(name).server(server.friendlyName)
    return [section.title for section in share.sections() if section.shared]


def sent():
    return [
        {
            'email': invite.email,
            'isNumber': invite.id == invite.id,  # an address becomes NaN
            'servers': [[one.name, one.numLibraries] for one in invite.servers],
        }
        for invite in account.pendingInvites(includeReceived=False)
    ]


said = {
    'version': plexapi.VERSION,
    'account': {
        'id': account.id,
        'username': account.username,
        'email': account.email,
        'pass': account.subscriptionActive,
        'ping': account.ping(),
    },
    'resources': [
        [one.name, one.clientIdentifier, one.provides, one.owned, [c.uri for c in one.connections]]
        for one in account.resources()
    ],
    'connected': account.resource('Attic').connect().machineIdentifier,
    'users': users(),
    'server': [server.friendlyName, server.machineIdentifier, server.myPlexUsername],
    'sections': [[one.key, one.title, one.type] for one in server.library.sections()],
}

account.inviteFriend('new.person@example.org', server, sections=[films, shows])
said['sent'] = sent()
said['received'] = refusal(lambda: account.pendingInvites(includeSent=False))
said['twice'] = refusal(lambda: account.inviteFriend('new.person@example.org', server, [films]))
said['nobody'] = refusal(lambda: account.inviteFriend('no such name', server, [films]))

said['before'] = shared('mara')
account.updateFriend('mara', server, sections=[films, kids])
said['updated'] = shared('mara')
account.updateFriend('mara', server, sections=[])
said['withNone'] = shared('mara')
account.updateFriend('jonas', server, sections=['Shows'])
said['withoutShare'] = shared('jonas')
said['settings'] = refusal(lambda: account.updateFriend('mara', server, allowSync=True))

account.updateFriend('mara', server, sections=[kids], removeSections=True)
said['removedOne'] = [one['servers'] for one in users() if one['username'] == 'mara']
said['removedNone'] = refusal(
    lambda: account.updateFriend('mara', server, sections=[kids], removeSections=True)
)

account.inviteFriend('zoe', server, sections=[films])
said['sentToo'] = sent()
account.cancelInvite('zoe')
said['cancelled'] = sent()
account.removeFriend('jonas')
said['removed'] = [one['title'] for one in users()]

playing = server.sessions()
said['sessions'] = [[one.title, one.usernames, one.session.id, one.player.state] for one in playing]
playing[0].stop(reason='It is late')
said['stopped'] = len(server.sessions())
said['history'] = [[one.title, one.accountID] for one in server.history()]
said['ofOwner'] = [one.title for one in server.history(accountID=1)]
said['accounts'] = [[one.id, one.name] for one in server.systemAccounts()]

print(json.dumps(said))
