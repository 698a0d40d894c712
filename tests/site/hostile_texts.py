"""Strings that try to break out of the page they are shown on.

Each sets `window.__hit` and asks a foreign host for something, in whatever way its place may allow:
as markup, inside an attribute, as an address, in Markdown.
"""

FOREIGN = "evil.invalid"  # a host that no name server knows
CONFIDED = "CONFIDED-9c1f04"  # stands in files outside the store; links lead to them
HIT = "window.__hit=1"

MARKUP = (
    f"</title></style></textarea></script>--><script>{HIT}</script>"
    f"<img src=x onerror={HIT}><img src=//{FOREIGN}/i.png><svg/onload={HIT}>"
    f"<iframe srcdoc='<script>parent.__hit=1</script>'></iframe>"
    f"<link rel=stylesheet href=//{FOREIGN}/s.css><base href=//{FOREIGN}/>"
    f"<form action=//{FOREIGN}><input autofocus onfocus={HIT}></form>"
    f"<details open ontoggle={HIT}><style>@import '//{FOREIGN}/i.css';*{{display:none}}</style>"
)
ATTRIBUTE = f'" onmouseover=\'{HIT}\' autofocus onfocus="{HIT}" style="position:fixed" x=" \'>'
TEMPLATE = "{{ 7*7 }}{% raw %}${7*7}<%= 7*7 %>"
CONTROL = "\x1b[31mred\x1b]0;title\x07\u202egnp.exe\u2066\n# line\r\tnul"
VALUE = f"{MARKUP}{ATTRIBUTE}{TEMPLATE}"
KEY = f"\"><img src=x onerror={HIT}>'{{{{7*7}}}}"  # fits a file name: no slash, no NUL
NESTED_KEY = f"<script>{HIT}</script>"  # a folder and a file

NOTE = f"""# Note <script>{HIT}</script>

<img src=x onerror="{HIT}"> <svg onload="{HIT}"><script>{HIT}</script></svg>
<iframe src="javascript:parent.{HIT}"></iframe> <div style="position:fixed;inset:0">cover</div>
<style>* {{ display: none }}</style> <form action="//{FOREIGN}"><button>go</button></form>
<a href="javascript:{HIT}">raw</a> <a href="//{FOREIGN}/" onclick="{HIT}">raw</a>
<object data="//{FOREIGN}/o"></object> <video src="//{FOREIGN}/v" autoplay onerror="{HIT}"></video>
<math><mtext></table><mglyph><style><img src=x onerror="{HIT}"></style></mglyph></mtext></math>

[script](javascript:{HIT}) [mixed](JaVaScRiPt:{HIT}) [entity](java&#115;cript:{HIT})
[tab](java	script:{HIT}) [data](data:text/html,<script>opener.{HIT}</script>) [vb](vbscript:x)
[file](file:///etc/passwd) [good](https://example.org/?a=1&b=2 "a title") <javascript:{HIT}>
![data](data:image/svg+xml,<svg/onload={HIT}>) ![foreign](https://{FOREIGN}/p.png)
[![both](https://{FOREIGN}/p.png)](javascript:{HIT})

[reference]: javascript:{HIT}
[reference] ![reference][]

| table | <b onmouseover="{HIT}">bold</b> |
|-------|------|
| `<script>` | {HIT} |

```html
<script>{HIT}</script>
```
{TEMPLATE}
"""
