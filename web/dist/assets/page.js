var n, l$1, u$2, i$1, r$1, o$1, e$1, f$2, c$1, a$1, s$1, h$1, p$1, v$1, d$1 = {}, w$1 = [], _$1 = /acit|ex(?:s|g|n|p|$)|rph|grid|ows|mnc|ntw|ine[ch]|zoo|^ord|itera/i, g = Array.isArray;
function m$1(n2, l2) {
  for (var u2 in l2) n2[u2] = l2[u2];
  return n2;
}
function b(n2) {
  n2 && n2.parentNode && n2.parentNode.removeChild(n2);
}
function k$1(l2, u2, t2) {
  var i2, r2, o2, e2 = {};
  for (o2 in u2) "key" == o2 ? i2 = u2[o2] : "ref" == o2 ? r2 = u2[o2] : e2[o2] = u2[o2];
  if (arguments.length > 2 && (e2.children = arguments.length > 3 ? n.call(arguments, 2) : t2), "function" == typeof l2 && null != l2.defaultProps) for (o2 in l2.defaultProps) void 0 === e2[o2] && (e2[o2] = l2.defaultProps[o2]);
  return x(l2, e2, i2, r2, null);
}
function x(n2, t2, i2, r2, o2) {
  var e2 = { type: n2, props: t2, key: i2, ref: r2, __k: null, __: null, __b: 0, __e: null, __c: null, constructor: void 0, __v: null == o2 ? ++u$2 : o2, __i: -1, __u: 0 };
  return null == o2 && null != l$1.vnode && l$1.vnode(e2), e2;
}
function S(n2) {
  return n2.children;
}
function C$1(n2, l2) {
  this.props = n2, this.context = l2;
}
function $(n2, l2) {
  if (null == l2) return n2.__ ? $(n2.__, n2.__i + 1) : null;
  for (var u2; l2 < n2.__k.length; l2++) if (null != (u2 = n2.__k[l2]) && null != u2.__e) return u2.__e;
  return "function" == typeof n2.type ? $(n2) : null;
}
function I(n2) {
  if (n2.__P && n2.__d) {
    var u2 = n2.__v, t2 = u2.__e, i2 = [], r2 = [], o2 = m$1({}, u2);
    o2.__v = u2.__v + 1, l$1.vnode && l$1.vnode(o2), q(n2.__P, o2, u2, n2.__n, n2.__P.namespaceURI, 32 & u2.__u ? [t2] : null, i2, null == t2 ? $(u2) : t2, !!(32 & u2.__u), r2), o2.__v = u2.__v, o2.__.__k[o2.__i] = o2, D$1(i2, o2, r2), u2.__e = u2.__ = null, o2.__e != t2 && P(o2);
  }
}
function P(n2) {
  if (null != (n2 = n2.__) && null != n2.__c) return n2.__e = n2.__c.base = null, n2.__k.some(function(l2) {
    if (null != l2 && null != l2.__e) return n2.__e = n2.__c.base = l2.__e;
  }), P(n2);
}
function A$1(n2) {
  (!n2.__d && (n2.__d = true) && i$1.push(n2) && !H.__r++ || r$1 != l$1.debounceRendering) && ((r$1 = l$1.debounceRendering) || o$1)(H);
}
function H() {
  try {
    for (var n2, l2 = 1; i$1.length; ) i$1.length > l2 && i$1.sort(e$1), n2 = i$1.shift(), l2 = i$1.length, I(n2);
  } finally {
    i$1.length = H.__r = 0;
  }
}
function L(n2, l2, u2, t2, i2, r2, o2, e2, f2, c2, a2) {
  var s2, h2, p2, v2, y2, _2, g2, m2 = t2 && t2.__k || w$1, b2 = l2.length;
  for (f2 = T$1(u2, l2, m2, f2, b2), s2 = 0; s2 < b2; s2++) null != (p2 = u2.__k[s2]) && (h2 = -1 != p2.__i && m2[p2.__i] || d$1, p2.__i = s2, _2 = q(n2, p2, h2, i2, r2, o2, e2, f2, c2, a2), v2 = p2.__e, p2.ref && h2.ref != p2.ref && (h2.ref && J(h2.ref, null, p2), a2.push(p2.ref, p2.__c || v2, p2)), null == y2 && null != v2 && (y2 = v2), (g2 = !!(4 & p2.__u)) || h2.__k === p2.__k ? (f2 = j$1(p2, f2, n2, g2), g2 && h2.__e && (h2.__e = null)) : "function" == typeof p2.type && void 0 !== _2 ? f2 = _2 : v2 && (f2 = v2.nextSibling), p2.__u &= -7);
  return u2.__e = y2, f2;
}
function T$1(n2, l2, u2, t2, i2) {
  var r2, o2, e2, f2, c2, a2 = u2.length, s2 = a2, h2 = 0;
  for (n2.__k = new Array(i2), r2 = 0; r2 < i2; r2++) null != (o2 = l2[r2]) && "boolean" != typeof o2 && "function" != typeof o2 ? ("string" == typeof o2 || "number" == typeof o2 || "bigint" == typeof o2 || o2.constructor == String ? o2 = n2.__k[r2] = x(null, o2, null, null, null) : g(o2) ? o2 = n2.__k[r2] = x(S, { children: o2 }, null, null, null) : void 0 === o2.constructor && o2.__b > 0 ? o2 = n2.__k[r2] = x(o2.type, o2.props, o2.key, o2.ref ? o2.ref : null, o2.__v) : n2.__k[r2] = o2, f2 = r2 + h2, o2.__ = n2, o2.__b = n2.__b + 1, e2 = null, -1 != (c2 = o2.__i = O(o2, u2, f2, s2)) && (s2--, (e2 = u2[c2]) && (e2.__u |= 2)), null == e2 || null == e2.__v ? (-1 == c2 && (i2 > a2 ? h2-- : i2 < a2 && h2++), "function" != typeof o2.type && (o2.__u |= 4)) : c2 != f2 && (c2 == f2 - 1 ? h2-- : c2 == f2 + 1 ? h2++ : (c2 > f2 ? h2-- : h2++, o2.__u |= 4))) : n2.__k[r2] = null;
  if (s2) for (r2 = 0; r2 < a2; r2++) null != (e2 = u2[r2]) && 0 == (2 & e2.__u) && (e2.__e == t2 && (t2 = $(e2)), K(e2, e2));
  return t2;
}
function j$1(n2, l2, u2, t2) {
  var i2, r2;
  if ("function" == typeof n2.type) {
    for (i2 = n2.__k, r2 = 0; i2 && r2 < i2.length; r2++) i2[r2] && (i2[r2].__ = n2, l2 = j$1(i2[r2], l2, u2, t2));
    return l2;
  }
  n2.__e != l2 && (t2 && (l2 && n2.type && !l2.parentNode && (l2 = $(n2)), u2.insertBefore(n2.__e, l2 || null)), l2 = n2.__e);
  do {
    l2 = l2 && l2.nextSibling;
  } while (null != l2 && 8 == l2.nodeType);
  return l2;
}
function O(n2, l2, u2, t2) {
  var i2, r2, o2, e2 = n2.key, f2 = n2.type, c2 = l2[u2], a2 = null != c2 && 0 == (2 & c2.__u);
  if (null === c2 && null == e2 || a2 && e2 == c2.key && f2 == c2.type) return u2;
  if (t2 > (a2 ? 1 : 0)) {
    for (i2 = u2 - 1, r2 = u2 + 1; i2 >= 0 || r2 < l2.length; ) if (null != (c2 = l2[o2 = i2 >= 0 ? i2-- : r2++]) && 0 == (2 & c2.__u) && e2 == c2.key && f2 == c2.type) return o2;
  }
  return -1;
}
function z$1(n2, l2, u2) {
  "-" == l2[0] ? n2.setProperty(l2, null == u2 ? "" : u2) : n2[l2] = null == u2 ? "" : "number" != typeof u2 || _$1.test(l2) ? u2 : u2 + "px";
}
function N(n2, l2, u2, t2, i2) {
  var r2, o2;
  n: if ("style" == l2) if ("string" == typeof u2) n2.style.cssText = u2;
  else {
    if ("string" == typeof t2 && (n2.style.cssText = t2 = ""), t2) for (l2 in t2) u2 && l2 in u2 || z$1(n2.style, l2, "");
    if (u2) for (l2 in u2) t2 && u2[l2] == t2[l2] || z$1(n2.style, l2, u2[l2]);
  }
  else if ("o" == l2[0] && "n" == l2[1]) r2 = l2 != (l2 = l2.replace(s$1, "$1")), o2 = l2.toLowerCase(), l2 = o2 in n2 || "onFocusOut" == l2 || "onFocusIn" == l2 ? o2.slice(2) : l2.slice(2), n2.l || (n2.l = {}), n2.l[l2 + r2] = u2, u2 ? t2 ? u2[a$1] = t2[a$1] : (u2[a$1] = h$1, n2.addEventListener(l2, r2 ? v$1 : p$1, r2)) : n2.removeEventListener(l2, r2 ? v$1 : p$1, r2);
  else {
    if ("http://www.w3.org/2000/svg" == i2) l2 = l2.replace(/xlink(H|:h)/, "h").replace(/sName$/, "s");
    else if ("width" != l2 && "height" != l2 && "href" != l2 && "list" != l2 && "form" != l2 && "tabIndex" != l2 && "download" != l2 && "rowSpan" != l2 && "colSpan" != l2 && "role" != l2 && "popover" != l2 && l2 in n2) try {
      n2[l2] = null == u2 ? "" : u2;
      break n;
    } catch (n3) {
    }
    "function" == typeof u2 || (null == u2 || false === u2 && "-" != l2[4] ? n2.removeAttribute(l2) : n2.setAttribute(l2, "popover" == l2 && 1 == u2 ? "" : u2));
  }
}
function V(n2) {
  return function(u2) {
    if (this.l) {
      var t2 = this.l[u2.type + n2];
      if (null == u2[c$1]) u2[c$1] = h$1++;
      else if (u2[c$1] < t2[a$1]) return;
      return t2(l$1.event ? l$1.event(u2) : u2);
    }
  };
}
function q(n2, u2, t2, i2, r2, o2, e2, f2, c2, a2) {
  var s2, h2, p2, v2, y2, d2, _2, k2, x2, M, $2, I2, P2, A2, H2, T2, j2 = u2.type;
  if (void 0 !== u2.constructor) return null;
  128 & t2.__u && (c2 = !!(32 & t2.__u), o2 = [f2 = u2.__e = t2.__e]), (s2 = l$1.__b) && s2(u2);
  n: if ("function" == typeof j2) {
    h2 = e2.length;
    try {
      if (x2 = u2.props, M = j2.prototype && j2.prototype.render, $2 = (s2 = j2.contextType) && i2[s2.__c], I2 = s2 ? $2 ? $2.props.value : s2.__ : i2, t2.__c ? k2 = (p2 = u2.__c = t2.__c).__ = p2.__E : (M ? u2.__c = p2 = new j2(x2, I2) : (u2.__c = p2 = new C$1(x2, I2), p2.constructor = j2, p2.render = Q), $2 && $2.sub(p2), p2.state || (p2.state = {}), p2.__n = i2, v2 = p2.__d = true, p2.__h = [], p2._sb = []), M && null == p2.__s && (p2.__s = p2.state), M && null != j2.getDerivedStateFromProps && (p2.__s == p2.state && (p2.__s = m$1({}, p2.__s)), m$1(p2.__s, j2.getDerivedStateFromProps(x2, p2.__s))), y2 = p2.props, d2 = p2.state, p2.__v = u2, v2) M && null == j2.getDerivedStateFromProps && null != p2.componentWillMount && p2.componentWillMount(), M && null != p2.componentDidMount && p2.__h.push(p2.componentDidMount);
      else {
        if (M && null == j2.getDerivedStateFromProps && x2 !== y2 && null != p2.componentWillReceiveProps && p2.componentWillReceiveProps(x2, I2), u2.__v == t2.__v || !p2.__e && null != p2.shouldComponentUpdate && false === p2.shouldComponentUpdate(x2, p2.__s, I2)) {
          u2.__v != t2.__v && (p2.props = x2, p2.state = p2.__s, p2.__d = false), u2.__e = t2.__e, u2.__k = t2.__k, u2.__k.some(function(n3) {
            n3 && (n3.__ = u2);
          }), w$1.push.apply(p2.__h, p2._sb), p2._sb = [], p2.__h.length && e2.push(p2);
          break n;
        }
        null != p2.componentWillUpdate && p2.componentWillUpdate(x2, p2.__s, I2), M && null != p2.componentDidUpdate && p2.__h.push(function() {
          p2.componentDidUpdate(y2, d2, _2);
        });
      }
      if (p2.context = I2, p2.props = x2, p2.__P = n2, p2.__e = false, P2 = l$1.__r, A2 = 0, M) p2.state = p2.__s, p2.__d = false, P2 && P2(u2), s2 = p2.render(p2.props, p2.state, p2.context), w$1.push.apply(p2.__h, p2._sb), p2._sb = [];
      else do {
        p2.__d = false, P2 && P2(u2), s2 = p2.render(p2.props, p2.state, p2.context), p2.state = p2.__s;
      } while (p2.__d && ++A2 < 25);
      p2.state = p2.__s, null != p2.getChildContext && (i2 = m$1(m$1({}, i2), p2.getChildContext())), M && !v2 && null != p2.getSnapshotBeforeUpdate && (_2 = p2.getSnapshotBeforeUpdate(y2, d2)), H2 = null != s2 && s2.type === S && null == s2.key ? E(s2.props.children) : s2, f2 = L(n2, g(H2) ? H2 : [H2], u2, t2, i2, r2, o2, e2, f2, c2, a2), p2.base = u2.__e, u2.__u &= -161, p2.__h.length && e2.push(p2), k2 && (p2.__E = p2.__ = null);
    } catch (n3) {
      if (e2.length = h2, u2.__v = null, c2 || null != o2) {
        if (n3.then) {
          for (u2.__u |= c2 ? 160 : 128; f2 && 8 == f2.nodeType && f2.nextSibling; ) f2 = f2.nextSibling;
          null != o2 && (o2[o2.indexOf(f2)] = null), u2.__e = f2;
        } else if (null != o2) for (T2 = o2.length; T2--; ) b(o2[T2]);
      } else u2.__e = t2.__e;
      null == u2.__k && (u2.__k = t2.__k || []), n3.then || B$1(u2), l$1.__e(n3, u2, t2);
    }
  } else null == o2 && u2.__v == t2.__v ? (u2.__k = t2.__k, u2.__e = t2.__e) : f2 = u2.__e = G(t2.__e, u2, t2, i2, r2, o2, e2, c2, a2);
  return (s2 = l$1.diffed) && s2(u2), 128 & u2.__u ? void 0 : f2;
}
function B$1(n2) {
  n2 && (n2.__c && (n2.__c.__e = true), n2.__k && n2.__k.some(B$1));
}
function D$1(n2, u2, t2) {
  for (var i2 = 0; i2 < t2.length; i2++) J(t2[i2], t2[++i2], t2[++i2]);
  l$1.__c && l$1.__c(u2, n2), n2.some(function(u3) {
    try {
      n2 = u3.__h, u3.__h = [], n2.some(function(n3) {
        n3.call(u3);
      });
    } catch (n3) {
      l$1.__e(n3, u3.__v);
    }
  });
}
function E(n2) {
  return "object" != typeof n2 || null == n2 || n2.__b > 0 ? n2 : g(n2) ? n2.map(E) : void 0 !== n2.constructor ? null : m$1({}, n2);
}
function G(u2, t2, i2, r2, o2, e2, f2, c2, a2) {
  var s2, h2, p2, v2, y2, w2, _2, m2 = i2.props || d$1, k2 = t2.props, x2 = t2.type;
  if ("svg" == x2 ? o2 = "http://www.w3.org/2000/svg" : "math" == x2 ? o2 = "http://www.w3.org/1998/Math/MathML" : o2 || (o2 = "http://www.w3.org/1999/xhtml"), null != e2) {
    for (s2 = 0; s2 < e2.length; s2++) if ((y2 = e2[s2]) && "setAttribute" in y2 == !!x2 && (x2 ? y2.localName == x2 : 3 == y2.nodeType)) {
      u2 = y2, e2[s2] = null;
      break;
    }
  }
  if (null == u2) {
    if (null == x2) return document.createTextNode(k2);
    u2 = document.createElementNS(o2, x2, k2.is && k2), c2 && (l$1.__m && l$1.__m(t2, e2), c2 = false), e2 = null;
  }
  if (null == x2) m2 === k2 || c2 && u2.data == k2 || (u2.data = k2);
  else {
    if (e2 = "textarea" == x2 && null != k2.defaultValue ? null : e2 && n.call(u2.childNodes), !c2 && null != e2) for (m2 = {}, s2 = 0; s2 < u2.attributes.length; s2++) m2[(y2 = u2.attributes[s2]).name] = y2.value;
    for (s2 in m2) y2 = m2[s2], "dangerouslySetInnerHTML" == s2 ? p2 = y2 : "children" == s2 || s2 in k2 || "value" == s2 && "defaultValue" in k2 || "checked" == s2 && "defaultChecked" in k2 || N(u2, s2, null, y2, o2);
    for (s2 in k2) y2 = k2[s2], "children" == s2 ? v2 = y2 : "dangerouslySetInnerHTML" == s2 ? h2 = y2 : "value" == s2 ? w2 = y2 : "checked" == s2 ? _2 = y2 : c2 && "function" != typeof y2 || m2[s2] === y2 || N(u2, s2, y2, m2[s2], o2);
    if (h2) c2 || p2 && (h2.__html == p2.__html || h2.__html == u2.innerHTML) || (u2.innerHTML = h2.__html), t2.__k = [];
    else if (p2 && (u2.innerHTML = ""), L("template" == t2.type ? u2.content : u2, g(v2) ? v2 : [v2], t2, i2, r2, "foreignObject" == x2 ? "http://www.w3.org/1999/xhtml" : o2, e2, f2, e2 ? e2[0] : i2.__k && $(i2, 0), c2, a2), null != e2) for (s2 = e2.length; s2--; ) b(e2[s2]);
    c2 && "textarea" != x2 || (s2 = "value", "progress" == x2 && null == w2 ? u2.removeAttribute("value") : null != w2 && (w2 !== u2[s2] || "progress" == x2 && !w2 || "option" == x2 && w2 != m2[s2]) && N(u2, s2, w2, m2[s2], o2), s2 = "checked", null != _2 && _2 != u2[s2] && N(u2, s2, _2, m2[s2], o2));
  }
  return u2;
}
function J(n2, u2, t2) {
  try {
    if ("function" == typeof n2) {
      var i2 = "function" == typeof n2.__u;
      i2 && n2.__u(), i2 && null == u2 || (n2.__u = n2(u2));
    } else n2.current = u2;
  } catch (n3) {
    l$1.__e(n3, t2);
  }
}
function K(n2, u2, t2) {
  var i2, r2;
  if (l$1.unmount && l$1.unmount(n2), (i2 = n2.ref) && (i2.current && i2.current != n2.__e || J(i2, null, u2)), null != (i2 = n2.__c)) {
    if (i2.componentWillUnmount) try {
      i2.componentWillUnmount();
    } catch (n3) {
      l$1.__e(n3, u2);
    }
    i2.base = i2.__P = i2.__n = null;
  }
  if (i2 = n2.__k) for (r2 = 0; r2 < i2.length; r2++) i2[r2] && K(i2[r2], u2, t2 || "function" != typeof n2.type);
  t2 || b(n2.__e), n2.__c = n2.__ = n2.__e = void 0;
}
function Q(n2, l2, u2) {
  return this.constructor(n2, u2);
}
function R(u2, t2, i2) {
  var r2, o2, e2, f2;
  t2 == document && (t2 = document.documentElement), l$1.__ && l$1.__(u2, t2), o2 = (r2 = false) ? null : t2.__k, e2 = [], f2 = [], q(t2, u2 = t2.__k = k$1(S, null, [u2]), o2 || d$1, d$1, t2.namespaceURI, o2 ? null : t2.firstChild ? n.call(t2.childNodes) : null, e2, o2 ? o2.__e : t2.firstChild, r2, f2), D$1(e2, u2, f2), u2.props.children = null;
}
n = w$1.slice, l$1 = { __e: function(n2, l2, u2, t2) {
  for (var i2, r2, o2; l2 = l2.__; ) if ((i2 = l2.__c) && !i2.__) try {
    if ((r2 = i2.constructor) && null != r2.getDerivedStateFromError && (i2.setState(r2.getDerivedStateFromError(n2)), o2 = i2.__d), null != i2.componentDidCatch && (i2.componentDidCatch(n2, t2 || {}), o2 = i2.__d), o2) return i2.__E = i2;
  } catch (l3) {
    n2 = l3;
  }
  throw n2;
} }, u$2 = 0, C$1.prototype.setState = function(n2, l2) {
  var u2;
  u2 = null != this.__s && this.__s != this.state ? this.__s : this.__s = m$1({}, this.state), "function" == typeof n2 && (n2 = n2(m$1({}, u2), this.props)), n2 && m$1(u2, n2), null != n2 && this.__v && (l2 && this._sb.push(l2), A$1(this));
}, C$1.prototype.forceUpdate = function(n2) {
  this.__v && (this.__e = true, n2 && this.__h.push(n2), A$1(this));
}, C$1.prototype.render = S, i$1 = [], o$1 = "function" == typeof Promise ? Promise.prototype.then.bind(Promise.resolve()) : setTimeout, e$1 = function(n2, l2) {
  return n2.__v.__b - l2.__v.__b;
}, H.__r = 0, f$2 = Math.random().toString(8), c$1 = "__d" + f$2, a$1 = "__a" + f$2, s$1 = /(PointerCapture)$|Capture$/i, h$1 = 0, p$1 = V(false), v$1 = V(true);
var f$1 = 0;
function u$1(e2, t2, n2, o2, i2, u2) {
  t2 || (t2 = {});
  var a2, c2, p2 = t2;
  if ("ref" in p2) for (c2 in p2 = {}, t2) "ref" == c2 ? a2 = t2[c2] : p2[c2] = t2[c2];
  var l2 = { type: e2, props: p2, key: n2, ref: a2, __k: null, __: null, __b: 0, __e: null, __c: null, constructor: void 0, __v: --f$1, __i: -1, __u: 0, __source: i2, __self: u2 };
  if ("function" == typeof e2 && (a2 = e2.defaultProps)) for (c2 in a2) void 0 === p2[c2] && (p2[c2] = a2[c2]);
  return l$1.vnode && l$1.vnode(l2), l2;
}
var t, r, u, i, o = 0, f = [], c = l$1, e = c.__b, a = c.__r, v = c.diffed, l = c.__c, m = c.unmount, p = c.__;
function s(n2, t2) {
  c.__h && c.__h(r, n2, o || t2), o = 0;
  var u2 = r.__H || (r.__H = { __: [], __h: [] });
  return n2 >= u2.__.length && u2.__.push({}), u2.__[n2];
}
function d(n2) {
  return o = 1, y(D, n2);
}
function y(n2, u2, i2) {
  var o2 = s(t++, 2);
  if (o2.t = n2, !o2.__c && (o2.__ = [D(void 0, u2), function(n3) {
    var t2 = o2.__N ? o2.__N[0] : o2.__[0], r2 = o2.t(t2, n3);
    t2 !== r2 && (o2.__N = [r2, o2.__[1]], o2.__c.setState({}));
  }], o2.__c = r, !r.__f)) {
    var f2 = function(n3, t2, r2) {
      if (!o2.__c.__H) return true;
      var u3 = false, i3 = o2.__c.props !== n3;
      if (o2.__c.__H.__.some(function(n4) {
        if (n4.__N) {
          u3 = true;
          var t3 = n4.__[0];
          n4.__ = n4.__N, n4.__N = void 0, t3 !== n4.__[0] && (i3 = true);
        }
      }), c2) {
        var f3 = c2.call(this, n3, t2, r2);
        return u3 ? f3 || i3 : f3;
      }
      return !u3 || i3;
    };
    r.__f = true;
    var c2 = r.shouldComponentUpdate, e2 = r.componentWillUpdate;
    r.componentWillUpdate = function(n3, t2, r2) {
      if (this.__e) {
        var u3 = c2;
        c2 = void 0, f2(n3, t2, r2), c2 = u3;
      }
      e2 && e2.call(this, n3, t2, r2);
    }, r.shouldComponentUpdate = f2;
  }
  return o2.__N || o2.__;
}
function h(n2, u2) {
  var i2 = s(t++, 3);
  !c.__s && C(i2.__H, u2) && (i2.__ = n2, i2.u = u2, r.__H.__h.push(i2));
}
function _(n2, u2) {
  var i2 = s(t++, 4);
  !c.__s && C(i2.__H, u2) && (i2.__ = n2, i2.u = u2, r.__h.push(i2));
}
function A(n2) {
  return o = 5, T(function() {
    return { current: n2 };
  }, []);
}
function T(n2, r2) {
  var u2 = s(t++, 7);
  return C(u2.__H, r2) && (u2.__ = n2(), u2.__H = r2, u2.__h = n2), u2.__;
}
function j() {
  for (var n2; n2 = f.shift(); ) {
    var t2 = n2.__H;
    if (n2.__P && t2) try {
      t2.__h.some(z), t2.__h.some(B), t2.__h = [];
    } catch (r2) {
      t2.__h = [], c.__e(r2, n2.__v);
    }
  }
}
c.__b = function(n2) {
  r = null, e && e(n2);
}, c.__ = function(n2, t2) {
  n2 && t2.__k && t2.__k.__m && (n2.__m = t2.__k.__m), p && p(n2, t2);
}, c.__r = function(n2) {
  a && a(n2), t = 0;
  var i2 = (r = n2.__c).__H;
  i2 && (u === r ? (i2.__h = [], r.__h = [], i2.__.some(function(n3) {
    n3.__N && (n3.__ = n3.__N), n3.u = n3.__N = void 0;
  })) : (i2.__h.some(z), i2.__h.some(B), i2.__h = [], t = 0)), u = r;
}, c.diffed = function(n2) {
  v && v(n2);
  var t2 = n2.__c;
  t2 && t2.__H && (t2.__H.__h.length && (1 !== f.push(t2) && i === c.requestAnimationFrame || ((i = c.requestAnimationFrame) || w)(j)), t2.__H.__.some(function(n3) {
    n3.u && (n3.__H = n3.u, n3.u = void 0);
  })), u = r = null;
}, c.__c = function(n2, t2) {
  t2.some(function(n3) {
    try {
      n3.__h.some(z), n3.__h = n3.__h.filter(function(n4) {
        return !n4.__ || B(n4);
      });
    } catch (r2) {
      t2.some(function(n4) {
        n4.__h && (n4.__h = []);
      }), t2 = [], c.__e(r2, n3.__v);
    }
  }), l && l(n2, t2);
}, c.unmount = function(n2) {
  m && m(n2);
  var t2, r2 = n2.__c;
  r2 && r2.__H && (r2.__H.__.some(function(n3) {
    try {
      z(n3);
    } catch (n4) {
      t2 = n4;
    }
  }), r2.__H = void 0, t2 && c.__e(t2, r2.__v));
};
var k = "function" == typeof requestAnimationFrame;
function w(n2) {
  var t2, r2 = function() {
    clearTimeout(u2), k && cancelAnimationFrame(t2), setTimeout(n2);
  }, u2 = setTimeout(r2, 35);
  k && (t2 = requestAnimationFrame(r2));
}
function z(n2) {
  var t2 = r, u2 = n2.__c;
  "function" == typeof u2 && (n2.__c = void 0, u2()), r = t2;
}
function B(n2) {
  var t2 = r;
  n2.__c = n2.__(), r = t2;
}
function C(n2, t2) {
  return !n2 || n2.length !== t2.length || t2.some(function(t3, r2) {
    return t3 !== n2[r2];
  });
}
function D(n2, t2) {
  return "function" == typeof t2 ? t2(n2) : t2;
}
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const NOTHING = "–";
const people = (value) => value === null ? NOTHING : whole.format(Math.round(value));
const flow = people;
const density = (value) => value === null ? NOTHING : value.toFixed(2);
const plain = (value) => String(Math.round(value * 100) / 100);
function age(ms) {
  if (ms === null) return NOTHING;
  const seconds = Math.floor(ms / 1e3);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h`;
}
const clocks = /* @__PURE__ */ new Map();
function clockOf(zone2) {
  let clock2 = clocks.get(zone2);
  if (!clock2) {
    const options = {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
      timeZoneName: "short"
    };
    try {
      clock2 = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone2 });
    } catch {
      clock2 = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
    }
    clocks.set(zone2, clock2);
  }
  return clock2;
}
function siteTime(ms, zone2) {
  const parts = clockOf(zone2).formatToParts(ms);
  const part = (type) => parts.find((candidate) => candidate.type === type)?.value ?? "";
  return {
    time: `${part("hour")}:${part("minute")}:${part("second")}`,
    zone: part("timeZoneName")
  };
}
const clockTime = (ms, zone2) => siteTime(ms, zone2).time;
const count = (number2, one, many = `${one}s`) => `${number2} ${number2 === 1 ? one : many}`;
const SEVERITIES = ["critical", "warning", "no-data", "normal"];
const SEVERITY_WORD = {
  critical: "Critical",
  warning: "Warning",
  "no-data": "No data",
  normal: "Normal"
};
const PRIORITIES = {
  PRIORITY_CRITICAL: "critical",
  PRIORITY_HIGH: "high",
  PRIORITY_MEDIUM: "medium",
  PRIORITY_LOW: "low"
};
const RANK$1 = { critical: 4, high: 3, medium: 2, low: 1 };
const priorityOf = (alert) => PRIORITIES[alert.priority] ?? "high";
const priorityRank = (priority) => priority ? RANK$1[priority] : 0;
const HIDDEN = {
  ALARM_STATE_SHELVED: "shelved",
  ALARM_STATE_SUPPRESSED: "suppressed",
  ALARM_STATE_OUT_OF_SERVICE: "out of service"
};
function standing(alert) {
  if (alert.state in HIDDEN) return "hidden";
  return alert.condition_active ? "open" : "cleared";
}
const hiddenWord = (alert) => HIDDEN[alert.state] ?? "";
const LETTER_WORD = {
  A: "Free",
  B: "Light",
  C: "Steady",
  D: "Busy",
  E: "Crowded",
  F: "Jammed"
};
function letterOf(levelOfService) {
  const letter = levelOfService?.replace("LEVEL_OF_SERVICE_", "");
  return letter !== void 0 && letter in LETTER_WORD ? letter : null;
}
function reference(zone2) {
  return zone2.profile.limit ?? zone2.profile.begins_at[4] ?? 1;
}
function severity(facts) {
  if (facts.priority === "critical") return "critical";
  if (facts.priority !== null) return "warning";
  if (!facts.hasData) return "no-data";
  const crowded = facts.letter === "E" || facts.letter === "F";
  return crowded || facts.load !== null && facts.load >= 1 ? "warning" : "normal";
}
const severityRank = (severity2) => -SEVERITIES.indexOf(severity2);
function readPlace(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const show = fields.get("show");
  return {
    show: show && SEVERITIES.includes(show) ? show : null,
    find: fields.get("find") ?? "",
    zone: fields.get("zone") || null
  };
}
function writePlace(place) {
  const fields = new URLSearchParams();
  if (place.show) fields.set("show", place.show);
  if (place.find) fields.set("find", place.find);
  if (place.zone) fields.set("zone", place.zone);
  const text2 = fields.toString().replaceAll("%2F", "/");
  return text2 ? `#${text2}` : "#";
}
const SQUARE = "M6.5 2h11A4.5 4.5 0 0 1 22 6.5v11a4.5 4.5 0 0 1-4.5 4.5h-11A4.5 4.5 0 0 1 2 17.5v-11A4.5 4.5 0 0 1 6.5 2z";
const HEXAGON = "M6.6 1.8h10.8L23.2 12l-5.8 10.2H6.6L.8 12z";
const OCTAGON = "M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4z";
function LevelChip({ letter }) {
  const shape = letter === "F" ? OCTAGON : letter === "E" ? HEXAGON : SQUARE;
  return /* @__PURE__ */ u$1("svg", { class: `chip chip-${letter ?? "none"}`, viewBox: "0 0 24 24", "aria-hidden": "true", children: [
    /* @__PURE__ */ u$1("path", { d: shape }),
    /* @__PURE__ */ u$1("text", { x: "12", y: "17", children: letter ?? "?" })
  ] });
}
function Level({ letter }) {
  return /* @__PURE__ */ u$1("span", { class: "level", children: [
    /* @__PURE__ */ u$1(LevelChip, { letter }),
    letter ? LETTER_WORD[letter] : "No data"
  ] });
}
const PRIORITY_SHAPE = {
  critical: "M12 1.5 23.5 22H.5z",
  high: "M12 .8 23.2 12 12 23.2.8 12z",
  medium: "M2 3.5h20L12 22z",
  low: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z"
};
const PRIORITY_WORD = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low"
};
function PrioritySymbol({ priority, title }) {
  return /* @__PURE__ */ u$1(
    "svg",
    {
      class: `symbol priority-${priority}`,
      viewBox: "0 0 24 24",
      role: "img",
      "aria-label": title,
      "aria-hidden": title === void 0,
      children: [
        /* @__PURE__ */ u$1("path", { d: PRIORITY_SHAPE[priority] }),
        priority === "critical" && /* @__PURE__ */ u$1("path", { class: "mark", d: "M12 9v6M12 17.6v1.8" }),
        priority === "high" && /* @__PURE__ */ u$1("path", { class: "mark", d: "M12 6.5v7M12 16v1.8" })
      ]
    }
  );
}
function SeveritySymbol({ severity: severity2 }) {
  return /* @__PURE__ */ u$1("svg", { class: `symbol severity-${severity2}`, viewBox: "0 0 24 24", "aria-hidden": "true", children: [
    severity2 === "critical" && /* @__PURE__ */ u$1(S, { children: [
      /* @__PURE__ */ u$1("path", { d: PRIORITY_SHAPE.critical }),
      /* @__PURE__ */ u$1("path", { class: "mark", d: "M12 9v6M12 17.6v1.8" })
    ] }),
    severity2 === "warning" && /* @__PURE__ */ u$1(S, { children: [
      /* @__PURE__ */ u$1("path", { d: HEXAGON }),
      /* @__PURE__ */ u$1("path", { class: "mark", d: "M12 6v7.4M12 16v2" })
    ] }),
    severity2 === "no-data" && /* @__PURE__ */ u$1(S, { children: [
      /* @__PURE__ */ u$1("path", { d: SQUARE }),
      /* @__PURE__ */ u$1("path", { class: "mark", d: "M4 13.5 13.5 4M4 20 20 4M10.5 20 20 10.5" })
    ] }),
    severity2 === "normal" && /* @__PURE__ */ u$1("path", { class: "mark", d: "M4.5 12.8 9.6 18 19.5 6.5" }),
    severity2 === "lost" && /* @__PURE__ */ u$1(S, { children: [
      /* @__PURE__ */ u$1("path", { d: "M12 2.5a9.5 9.5 0 1 1 0 19 9.5 9.5 0 0 1 0-19z" }),
      /* @__PURE__ */ u$1("path", { class: "mark", d: "M6 18 18 6" })
    ] })
  ] });
}
const TURN = {
  "rising fast": -90,
  rising: -45,
  steady: 0,
  falling: 45,
  "falling fast": 90
};
function Arrow({ direction: direction2 }) {
  if (direction2 === null) return /* @__PURE__ */ u$1("span", { class: "arrow" });
  return /* @__PURE__ */ u$1("svg", { class: "arrow", viewBox: "0 0 24 24", role: "img", "aria-label": direction2, children: /* @__PURE__ */ u$1("path", { d: "M3.5 12h16M13 5.5l6.5 6.5-6.5 6.5", transform: `rotate(${TURN[direction2]} 12 12)` }) });
}
const REASONS = {
  SENSOR_SILENT: "A sensor that feeds the zone has fallen silent.",
  UNANCHORED: "No count has confirmed the level yet; the venue is taken to have started empty.",
  START_UNKNOWN: "How many people were here at the start is not known.",
  HISTORY_MISSING: "The log does not reach back far enough to know the level.",
  NO_SENSOR: "No sensor feeds this zone.",
  NEVER_HEARD: "Nothing has been heard from its sensors yet.",
  CAPPED: "The gauge is at its cap: there may be more people than it says.",
  CLOCK_SKEWED: "A sensor’s clock runs ahead.",
  UNMEASURED_OPENING: "People may pass an opening that no sensor watches.",
  APPORTIONED: "Only the whole venue was counted; this zone is given its share."
};
function qualityReason(reason) {
  const name = reason.replace("QUALITY_REASON_", "");
  return REASONS[name] ?? `${name.toLowerCase().replaceAll("_", " ")}.`;
}
function whyNoData(row) {
  const reason = row.view?.quality_reasons[0];
  if (reason) return qualityReason(reason);
  if (!row.view || row.ageMs === null) return "Nothing has been heard of this zone yet.";
  return `Nothing has been heard of this zone for ${age(row.ageMs)}.`;
}
const squared = (text2) => text2.replace(/\bm2\b/g, "m²");
function reasonBeside(name, reason) {
  return squared(reason.startsWith(`${name}: `) ? reason.slice(name.length + 2) : reason);
}
function headline(view) {
  const { rows, counts } = view;
  const critical = view.open.filter((alarm) => alarm.priority === "critical");
  if (critical.length) {
    const name = critical[0].zoneName;
    const text22 = critical.length === 1 ? `Critical alarm: ${name}` : `${critical.length} critical alarms, newest: ${name}`;
    return { tone: "critical", text: text22 };
  }
  if (view.open.length) {
    const worst = view.open[0];
    const text22 = view.open.length === 1 ? `Alarm: ${worst.zoneName}` : `${view.open.length} alarms, worst: ${worst.zoneName}`;
    return { tone: "warning", text: text22 };
  }
  if (counts.warning) {
    const watched = rows.filter((row) => row.severity === "warning");
    if (watched.length > 1) return { tone: "warning", text: `${watched.length} zones to watch` };
    return { tone: "warning", text: watching(watched[0]) };
  }
  const blind = counts["no-data"];
  if (blind) {
    const text22 = blind === rows.length ? "No data from any zone" : blind === 1 ? `No data from ${rows.find((row) => !row.hasData).zone.name}` : `No data from ${blind} of ${rows.length} zones`;
    return { tone: "no-data", text: text22 };
  }
  const text2 = rows.length === 1 ? `${rows[0].zone.name} is normal` : `All ${rows.length} zones normal`;
  return { tone: "normal", text: text2 };
}
function watching(row) {
  if (row.load !== null && row.load >= 1) return `${row.zone.name} is at its limit`;
  const word = row.letter ? LETTER_WORD[row.letter].toLowerCase() : "busy";
  return `${row.zone.name} is ${word}`;
}
function overall(live2, view) {
  if (live2.link === "lost" && live2.heard) {
    const since = clockTime(live2.now, timeZoneOf(live2.venues));
    return { tone: "lost", text: `Connection lost at ${since}` };
  }
  if (live2.link === "lost") return { tone: "lost", text: "The console cannot be reached" };
  if (live2.link === "connecting") return { tone: "no-data", text: "Connecting" };
  if (!live2.feed.reachable) return { tone: "lost", text: "The log cannot be reached" };
  if (view.rows.length === 0) return { tone: "no-data", text: "No venue yet" };
  return headline(view);
}
function noteOf(live2, view, held) {
  if (live2.link === "lost") {
    const ago = age(view.now - live2.now);
    return `What you see is ${ago} old: ${live2.reason ?? "no answer yet"}. Trying again.`;
  }
  if (!live2.feed.reachable) return live2.feed.reason ?? "No reason is known.";
  if (held) {
    const at = clockTime(held.now, timeZoneOf(live2.venues));
    return `The table is held as of ${at}, ${age(view.now - held.now)} ago. Alarms go on.`;
  }
  const names = live2.venues.map((venue2) => venue2.name).join(", ");
  return view.people === null ? names : `${names} · ${peopleOf(view)}`;
}
function peopleOf(view) {
  const where = view.counts["no-data"] ? " in the zones with data" : "";
  return `${people(view.people)} people${where}`;
}
function timeZoneOf(venues) {
  const first = venues[0]?.time_zone ?? "UTC";
  return venues.every((venue2) => venue2.time_zone === first) ? first : "UTC";
}
const MOST_CLEARED = 20;
function AlarmsPanel({ view, place }) {
  const blind = new Set(view.rows.filter((row) => !row.hasData).map((row) => row.key));
  const href = (alarm) => writePlace({ ...place, zone: alarm.key });
  return /* @__PURE__ */ u$1("section", { class: "alarms", "aria-labelledby": "alarms-title", children: [
    /* @__PURE__ */ u$1("h2", { id: "alarms-title", children: [
      "Open alarms ",
      /* @__PURE__ */ u$1("span", { class: "tally", children: view.open.length })
    ] }),
    /* @__PURE__ */ u$1("div", { class: "alarms-scroll", children: [
      view.open.length === 0 && /* @__PURE__ */ u$1("p", { class: "none", children: [
        /* @__PURE__ */ u$1(SeveritySymbol, { severity: "normal" }),
        " No alarm is open."
      ] }),
      /* @__PURE__ */ u$1("ul", { class: "open-alarms", children: view.open.map((alarm) => /* @__PURE__ */ u$1(
        OpenAlarm,
        {
          alarm,
          now: view.now,
          blind: blind.has(alarm.key),
          href: href(alarm)
        },
        alarm.id
      )) }),
      /* @__PURE__ */ u$1(QuietList, { title: "Hidden", alarms: view.hidden, href }),
      /* @__PURE__ */ u$1(
        QuietList,
        {
          title: "Recently cleared",
          alarms: view.cleared.slice(0, MOST_CLEARED),
          href
        }
      )
    ] })
  ] });
}
function OpenAlarm({ alarm, now, blind, href }) {
  const since = alarm.raisedAt ?? alarm.at;
  return /* @__PURE__ */ u$1("li", { class: `alarm is-${alarm.priority}`, children: /* @__PURE__ */ u$1("a", { href, children: [
    /* @__PURE__ */ u$1(PrioritySymbol, { priority: alarm.priority }),
    /* @__PURE__ */ u$1("div", { children: [
      /* @__PURE__ */ u$1("p", { class: "alarm-name", children: [
        /* @__PURE__ */ u$1("strong", { children: alarm.zoneName }),
        /* @__PURE__ */ u$1("span", { class: "alarm-priority", children: PRIORITY_WORD[alarm.priority] })
      ] }),
      /* @__PURE__ */ u$1("p", { children: reasonBeside(alarm.zoneName, alarm.view.reason) }),
      blind && /* @__PURE__ */ u$1("p", { class: "alarm-blind", children: "No data from this zone now." }),
      /* @__PURE__ */ u$1("p", { class: "alarm-since", children: [
        "Since ",
        /* @__PURE__ */ u$1("time", { children: clock(alarm, since) }),
        " · ",
        age(Math.max(0, now - since))
      ] })
    ] })
  ] }) });
}
function QuietList({ title, alarms, href }) {
  if (alarms.length === 0) return null;
  return /* @__PURE__ */ u$1(S, { children: [
    /* @__PURE__ */ u$1("h3", { children: title }),
    /* @__PURE__ */ u$1("ul", { class: "quiet-alarms", children: alarms.map((alarm) => /* @__PURE__ */ u$1("li", { children: [
      /* @__PURE__ */ u$1("time", { children: clock(alarm, alarm.at) }),
      /* @__PURE__ */ u$1("a", { href: href(alarm), title: reasonBeside(alarm.zoneName, alarm.view.reason), children: alarm.zoneName }),
      /* @__PURE__ */ u$1("span", { class: "lasted", children: ending(alarm) })
    ] }, alarm.id)) })
  ] });
}
function ending(alarm) {
  if (alarm.standing === "hidden") return hiddenWord(alarm.view);
  const word = PRIORITY_WORD[alarm.priority].toLowerCase();
  return alarm.raisedAt === null ? word : `${word}, ${age(alarm.at - alarm.raisedAt)}`;
}
const clock = (alarm, ms) => clockTime(ms, alarm.venue?.time_zone ?? "UTC");
const LONGEST_MS = 15 * 6e4;
const DEFAULT_STEP_MS = 5e3;
const REPEAT_MS$1 = 12e3;
function fromView(view) {
  return { end: Date.parse(view.end), step: view.step_s * 1e3, density: view.density };
}
function extend(history2, at, value) {
  if (!history2 || history2.step <= 0) {
    return { end: at, step: DEFAULT_STEP_MS, density: [value] };
  }
  const due = Math.floor((at - history2.end) / history2.step);
  if (due <= 0) return history2;
  const longest = Math.floor(LONGEST_MS / history2.step);
  const between = due * history2.step <= REPEAT_MS$1 ? value : null;
  const filled = new Array(Math.min(due - 1, longest)).fill(between);
  return {
    end: history2.end + due * history2.step,
    step: history2.step,
    density: [...history2.density, ...filled, value].slice(-longest)
  };
}
const SPANS_MIN = [2, 5, 10, 15];
function spanMinutes(histories) {
  let known = 0;
  for (const history2 of histories) {
    if (!history2) continue;
    const first = history2.density.findIndex((value) => value !== null);
    if (first >= 0) known = Math.max(known, (history2.density.length - first) * history2.step);
  }
  return SPANS_MIN.find((minutes) => known <= minutes * 6e4) ?? 15;
}
const STEADY = 0.1;
const FAST = 0.5;
function mean(values) {
  const known = values.filter((value) => value !== null);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}
function direction(history2, reference2) {
  if (!history2) return null;
  const width = Math.max(1, Math.round(1e4 / history2.step));
  const back = Math.min(Math.round(2e4 / history2.step), history2.density.length - width);
  if (back < width) return null;
  const length = history2.density.length;
  const now = mean(history2.density.slice(length - width));
  const then = mean(history2.density.slice(length - width - back, length - back));
  if (now === null || then === null) return null;
  const perMinute = (now - then) / reference2 / (back * history2.step / 6e4);
  const size = Math.abs(perMinute);
  if (size < STEADY) return "steady";
  if (perMinute > 0) return size < FAST ? "rising" : "rising fast";
  return size < FAST ? "falling" : "falling fast";
}
function here() {
  return { mono: performance.now(), wall: Date.now() };
}
function elapsed(from, to) {
  return Math.max(0, to.mono - from.mono, to.wall - from.wall);
}
class Malformed extends Error {
}
function wrong(path, wanted, found) {
  const text2 = JSON.stringify(found) ?? "missing";
  throw new Malformed(`${path || "the frame"} should be ${wanted}, not ${text2.slice(0, 40)}`);
}
const text = (value, path) => {
  if (typeof value !== "string") wrong(path, "text", value);
};
const flag = (value, path) => {
  if (typeof value !== "boolean") wrong(path, "true or false", value);
};
const number = (value, path) => {
  if (typeof value !== "number" || !Number.isFinite(value)) wrong(path, "a number", value);
};
const time = (value, path) => {
  if (typeof value !== "string" || Number.isNaN(Date.parse(value))) wrong(path, "a time", value);
};
const integer = (value, path) => {
  if (typeof value === "string" ? !/^\d+$/.test(value) : !Number.isInteger(value)) {
    wrong(path, "a whole number", value);
  }
};
const maybe = (check) => (value, path) => {
  if (value !== null && value !== void 0) check(value, path);
};
const list = (check) => (value, path) => {
  if (!Array.isArray(value)) wrong(path, "a list", value);
  value.forEach((item, index) => check(item, `${path}[${index}]`));
};
const object = (shape) => (value, path) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    wrong(path, "an object", value);
  }
  for (const [name, check] of Object.entries(shape)) {
    check(value[name], path ? `${path}.${name}` : name);
  }
};
const fiveRising = (value, path) => {
  list(number)(value, path);
  const bounds = value;
  if (bounds.length !== 5 || bounds.some((bound, i2) => i2 > 0 && bound < bounds[i2 - 1])) {
    wrong(path, "five rising numbers", value);
  }
};
const profile = object({ name: text, begins_at: fiveRising, limit: maybe(number), source: text });
const zone = object({
  id: text,
  name: text,
  kind: text,
  area_m2: number,
  capacity: maybe(number),
  stale_after_s: number,
  profile
});
const opening = object({ id: text, name: text, from: text, to: text, width_m: maybe(number) });
const venue = object({
  id: text,
  name: text,
  time_zone: text,
  shortest_window_s: number,
  zones: list(zone),
  openings: list(opening)
});
const zoneView = object({
  venue_id: text,
  zone_id: text,
  window_start: maybe(time),
  window_end: maybe(time),
  occupancy: maybe(object({ mean: number })),
  density: maybe(object({ at_end: number, mean: number, maximum: number })),
  level_of_service: maybe(text),
  inflow: maybe(number),
  outflow: maybe(number),
  specific_flow: maybe(list(object({ opening_id: text, people_per_metre_per_minute: number }))),
  quality: text,
  quality_reasons: list(text)
});
const alertView = object({
  alert_id: text,
  occurrence: integer,
  venue_id: text,
  zone_id: text,
  rule_id: text,
  priority: text,
  state: text,
  condition_active: flag,
  value: number,
  threshold: number,
  unit: text,
  event_time: time,
  reason: text
});
const history$1 = object({
  venue_id: text,
  zone_id: text,
  end: time,
  step_s: number,
  density: list(maybe(number))
});
const update$1 = {
  sequence: integer,
  now: time,
  feed: object({ reachable: flag, reason: maybe(text) }),
  zones: list(zoneView),
  alerts: list(alertView)
};
const snapshot$1 = { ...update$1, version: text, venues: list(venue), history: list(history$1) };
function decode(frame2) {
  let value;
  try {
    value = JSON.parse(frame2);
  } catch {
    return { ok: false, problem: `the frame is not JSON: ${frame2.slice(0, 40)}` };
  }
  try {
    object({ type: text })(value, "");
    const type = value.type;
    if (type !== "snapshot" && type !== "update") wrong("type", "snapshot or update", type);
    object(type === "snapshot" ? snapshot$1 : update$1)(value, "");
    return { ok: true, message: value };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, problem: error.message };
    throw error;
  }
}
const LOST_AFTER_MS = 3e3;
const REPEAT_MS = 12e3;
const nothingYet = {
  link: "connecting",
  heard: null,
  now: 0,
  sequence: 0,
  broken: null,
  reason: null,
  misread: 0,
  lastMisread: null,
  feed: { reachable: true },
  version: "",
  venues: [],
  zones: /* @__PURE__ */ new Map(),
  alarms: /* @__PURE__ */ new Map(),
  frontier: /* @__PURE__ */ new Map()
};
const zoneKey = (venueId, zoneId) => `${venueId}/${zoneId}`;
function isInformed(view) {
  return view.quality === "QUALITY_GOOD" || view.quality === "QUALITY_DEGRADED";
}
function holdsUntil(live2, record) {
  if (record.end === null) return null;
  const frontier = live2.frontier.get(record.view.venue_id) ?? record.end;
  return frontier - record.end <= REPEAT_MS ? Math.max(frontier, record.end) : record.end;
}
function consoleTime(live2, at) {
  return live2.heard ? live2.now + elapsed(live2.heard, at) : live2.now;
}
function reduce(live2, event) {
  switch (event.kind) {
    case "connecting":
      return { ...live2, broken: null, sequence: 0 };
    case "frame":
      return frame(live2, event.text, event.at);
    case "closed":
      return { ...live2, link: live2.heard ? live2.link : "lost", sequence: 0, reason: event.reason };
    case "tick":
      if (live2.link !== "live" || !live2.heard) return live2;
      if (elapsed(live2.heard, event.at) <= LOST_AFTER_MS) return live2;
      if (live2.sequence === 0) return { ...live2, link: "lost" };
      return { ...live2, link: "lost", broken: "nothing was heard for 3 s" };
  }
}
function frame(live2, text2, at) {
  const decoded = decode(text2);
  if (!decoded.ok) {
    const broken = `a frame could not be read: ${decoded.problem}`;
    return { ...live2, broken, misread: live2.misread + 1, lastMisread: decoded.problem };
  }
  const message = decoded.message;
  if (message.type === "snapshot") return snapshot(live2, message, at);
  if (live2.sequence === 0) return { ...live2, broken: "an update came before the snapshot" };
  if (message.sequence !== live2.sequence + 1) {
    return { ...live2, broken: `frame ${live2.sequence + 1} is missing` };
  }
  return update(live2, message, at);
}
function snapshot(live2, message, at) {
  const histories = new Map(
    message.history.map((view) => [zoneKey(view.venue_id, view.zone_id), fromView(view)])
  );
  const zones = /* @__PURE__ */ new Map();
  for (const view of message.zones) {
    const key = zoneKey(view.venue_id, view.zone_id);
    zones.set(key, recorded(live2.zones.get(key), view, histories.get(key) ?? null));
  }
  const alarms = /* @__PURE__ */ new Map();
  for (const view of message.alerts) {
    alarms.set(view.alert_id, alarmed(live2.alarms.get(view.alert_id), view));
  }
  return {
    ...heard(live2, message, at),
    version: message.version,
    venues: message.venues,
    zones,
    alarms,
    frontier: moved(/* @__PURE__ */ new Map(), message.zones)
  };
}
function update(live2, message, at) {
  const zones = new Map(live2.zones);
  for (const view of message.zones) {
    const key = zoneKey(view.venue_id, view.zone_id);
    const before = zones.get(key);
    zones.set(key, recorded(before, view, before?.history ?? null));
  }
  const alarms = message.alerts.length ? new Map(live2.alarms) : live2.alarms;
  for (const view of message.alerts) {
    alarms.set(
      view.alert_id,
      alarmed(live2.alarms.get(view.alert_id), view)
    );
  }
  const next = {
    ...heard(live2, message, at),
    alarms,
    frontier: moved(live2.frontier, message.zones)
  };
  for (const [key, record] of zones) {
    const until = holdsUntil(next, record);
    if (until === null) continue;
    const value = isInformed(record.view) ? record.view.density?.at_end ?? null : null;
    const history2 = extend(record.history, until, value);
    if (history2 !== record.history) zones.set(key, { ...record, history: history2 });
  }
  return { ...next, zones };
}
function heard(live2, message, at) {
  return {
    ...live2,
    link: "live",
    heard: at,
    now: Date.parse(message.now),
    sequence: message.sequence,
    broken: null,
    reason: null,
    feed: message.feed
  };
}
function recorded(before, view, history2) {
  const end = view.window_end ? Date.parse(view.window_end) : null;
  const told = isInformed(view) && end !== null ? { view, end } : before?.told ?? null;
  return { view, end, told, history: history2 };
}
function alarmed(before, view) {
  const at = Date.parse(view.event_time);
  const same = before !== void 0 && String(before.view.occurrence) === String(view.occurrence);
  const raisedAt = (same ? before.raisedAt : null) ?? (view.condition_active ? at : null);
  return { view, at, raisedAt };
}
function moved(frontier, views) {
  const next = new Map(frontier);
  for (const view of views) {
    if (!view.window_end) continue;
    const end = Date.parse(view.window_end);
    next.set(view.venue_id, Math.max(end, next.get(view.venue_id) ?? end));
  }
  return next;
}
function look(live2, now) {
  const alarms = [...live2.alarms.values()].map((record) => alarmOf(live2, record));
  const open = alarms.filter((alarm) => alarm.standing === "open").sort(worseFirst);
  const byZone = /* @__PURE__ */ new Map();
  for (const alarm of open) byZone.set(alarm.key, [...byZone.get(alarm.key) ?? [], alarm]);
  const rows = [];
  for (const venue2 of live2.venues) {
    for (const zone2 of venue2.zones) {
      const key = zoneKey(venue2.id, zone2.id);
      const record = live2.zones.get(key) ?? null;
      rows.push(rowOf(live2, now, venue2, zone2, record, byZone.get(key) ?? [], rows.length));
    }
  }
  const frontiers = [...live2.frontier.values()];
  const newest = (standing2) => alarms.filter((alarm) => alarm.standing === standing2).sort((a2, b2) => b2.at - a2.at);
  return {
    now,
    rows,
    counts: countOf(rows),
    open,
    hidden: newest("hidden"),
    cleared: newest("cleared"),
    people: peopleIn(rows),
    dataAgeMs: frontiers.length ? Math.max(0, now - Math.max(...frontiers)) : null,
    spanMinutes: spanMinutes(rows.map((row) => row.history))
  };
}
function belongs(row, filter) {
  return filter === "no-data" ? !row.hasData : row.severity === filter;
}
function matches(row, text2) {
  const { zone: zone2, venue: venue2 } = row;
  const level = row.letter ? LETTER_WORD[row.letter] : "";
  const words = [
    zone2.name,
    zone2.id,
    zone2.kind,
    venue2.name,
    level,
    SEVERITY_WORD[row.severity]
  ].join(" ").toLowerCase();
  return text2.toLowerCase().split(/\s+/).every((word) => words.includes(word));
}
function worseFirst(a2, b2) {
  return priorityRank(b2.priority) - priorityRank(a2.priority) || b2.at - a2.at;
}
function alarmOf(live2, record) {
  const { view } = record;
  const venue2 = live2.venues.find((candidate) => candidate.id === view.venue_id) ?? null;
  const zone2 = venue2?.zones.find((candidate) => candidate.id === view.zone_id);
  return {
    id: view.alert_id,
    view,
    priority: priorityOf(view),
    standing: standing(view),
    at: record.at,
    raisedAt: record.raisedAt,
    zoneName: zone2?.name ?? view.zone_id,
    key: zoneKey(view.venue_id, view.zone_id),
    venue: venue2
  };
}
function rowOf(live2, now, venue2, zone2, record, alarms, index) {
  const until = record && holdsUntil(live2, record);
  const informed = record !== null && isInformed(record.view);
  const hasData = informed && until !== null && now - until <= zone2.stale_after_s * 1e3;
  const shown2 = informed ? record.view : record?.told?.view ?? record?.view ?? null;
  const end = informed ? until : record?.told?.end ?? null;
  const density2 = shown2?.density?.at_end ?? null;
  const full = reference(zone2);
  const facts = {
    hasData,
    letter: hasData ? letterOf(shown2?.level_of_service) : null,
    load: hasData && density2 !== null ? density2 / full : null,
    priority: alarms[0]?.priority ?? null
  };
  return {
    ...facts,
    key: zoneKey(venue2.id, zone2.id),
    index,
    venue: venue2,
    zone: zone2,
    view: record?.view ?? null,
    severity: severity(facts),
    density: density2,
    people: shown2?.occupancy?.mean ?? null,
    inflow: hasData ? shown2?.inflow ?? null : null,
    outflow: hasData ? shown2?.outflow ?? null : null,
    ageMs: end === null ? null : Math.max(0, now - end),
    degraded: hasData && record.view.quality === "QUALITY_DEGRADED",
    history: record?.history ?? null,
    direction: hasData ? direction(record.history, full) : null,
    alarms
  };
}
function peopleIn(rows) {
  const known = rows.filter((row) => row.hasData && row.people !== null);
  return known.length ? known.reduce((sum, row) => sum + row.people, 0) : null;
}
function countOf(rows) {
  const counts = { critical: 0, warning: 0, "no-data": 0, normal: 0 };
  for (const filter of SEVERITIES) {
    counts[filter] = rows.filter((row) => belongs(row, filter)).length;
  }
  return counts;
}
const MOST = 3;
const summaryOf = (view) => new Map(view.rows.map((row) => [row.key, `${row.severity} ${row.hasData}`]));
function changes(before, view) {
  if (before.size === 0) return "";
  const changed = view.rows.filter((row) => {
    const told = before.get(row.key);
    return told !== void 0 && told !== `${row.severity} ${row.hasData}`;
  });
  changed.sort((a2, b2) => RANK.indexOf(a2.severity) - RANK.indexOf(b2.severity) || a2.index - b2.index);
  const said = changed.slice(0, MOST).map(sentence);
  if (changed.length > MOST) said.push(`${changed.length - MOST} more zones changed.`);
  return said.join(" ");
}
const RANK = ["critical", "warning", "no-data", "normal"];
function sentence(row) {
  const level = row.letter ? `, level ${row.letter}, ${LETTER_WORD[row.letter].toLowerCase()}` : "";
  switch (row.severity) {
    case "critical":
      return `Critical alarm: ${row.zone.name}${level}.`;
    case "warning":
      return `Warning: ${row.zone.name}${level}.`;
    case "no-data":
      return `No data from ${row.zone.name}.`;
    case "normal":
      return `${row.zone.name} is normal again${level}.`;
  }
}
function badgeOf(view, lost, headline2) {
  if (lost || !view) {
    return {
      mark: "?",
      ground: "#5d666f",
      ink: "#ffffff",
      title: `? ${headline2.text} · crowdflow`
    };
  }
  const open = view.open.length;
  const mark = open > 99 ? "99" : open > 0 ? String(open) : "";
  const title = `${open > 0 ? `(${open}) ` : ""}${headline2.text} · crowdflow`;
  switch (headline2.tone) {
    case "critical":
      return { mark, ground: "#c3271b", ink: "#ffffff", title };
    case "warning":
      return { mark: mark || "!", ground: "#f2b21b", ink: "#1b2025", title };
    case "no-data":
      return { mark: "–", ground: "#5d666f", ink: "#ffffff", title };
    default:
      return { mark: "", ground: "#5d666f", ink: "#ffffff", title };
  }
}
function iconOf(badge) {
  const size = badge.mark.length > 1 ? 18 : 24;
  const inside = badge.mark ? `<text x="16" y="${16 + size * 0.36}" font-family="sans-serif" font-weight="700" font-size="${size}" text-anchor="middle" fill="${badge.ink}">${badge.mark}</text>` : `<path d="M9 16.5l5 5 9-11" fill="none" stroke="${badge.ink}" stroke-width="3.5"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${badge.ground}"/>${inside}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
let shown = "";
function wear(badge) {
  if (document.title !== badge.title) document.title = badge.title;
  const icon = iconOf(badge);
  if (icon === shown) return;
  shown = icon;
  document.getElementById("favicon")?.setAttribute("href", icon);
}
function Counts({ view, place, findBox, onPlace }) {
  return /* @__PURE__ */ u$1("div", { class: "counts", role: "group", "aria-label": "Filter zones", children: [
    SEVERITIES.map((severity2) => {
      const pressed = place.show === severity2;
      const count2 = view.counts[severity2];
      return /* @__PURE__ */ u$1(
        "button",
        {
          type: "button",
          class: `count count-${severity2}${count2 === 0 ? " is-zero" : ""}`,
          "aria-pressed": pressed,
          onClick: () => onPlace({ ...place, show: pressed ? null : severity2 }),
          children: [
            /* @__PURE__ */ u$1(SeveritySymbol, { severity: severity2 }),
            /* @__PURE__ */ u$1("span", { class: "count-number", children: count2 }),
            " ",
            SEVERITY_WORD[severity2]
          ]
        },
        severity2
      );
    }),
    /* @__PURE__ */ u$1(FindBox, { place, findBox, onPlace })
  ] });
}
function FindBox({ place, findBox, onPlace }) {
  const [text2, setText] = d(place.find);
  h(() => {
    if (place.find !== text2.trim()) setText(place.find);
  }, [place.find]);
  return /* @__PURE__ */ u$1("label", { class: "find", children: [
    /* @__PURE__ */ u$1("span", { class: text2 ? "unseen" : "find-label", children: "Find a zone" }),
    /* @__PURE__ */ u$1(
      "input",
      {
        type: "search",
        ref: findBox,
        autocomplete: "off",
        spellcheck: false,
        value: text2,
        onInput: (event) => {
          setText(event.currentTarget.value);
          onPlace({ ...place, find: event.currentTarget.value.trim() });
        }
      }
    ),
    /* @__PURE__ */ u$1("kbd", { "aria-hidden": "true", children: "/" })
  ] });
}
const LETTERS = ["A", "B", "C", "D", "E", "F"];
function placeOnScale(bounds, density2) {
  const edges = [0, ...bounds, (bounds.at(-1) ?? 1) * 1.5];
  const step = Math.min(LETTERS.length - 1, bounds.filter((bound) => density2 >= bound).length);
  const from = edges[step];
  const inside = Math.min(1, Math.max(0, density2 - from) / (edges[step + 1] - from || 1));
  return (step + inside) / LETTERS.length;
}
const percent = (share) => `${(share * 100).toFixed(1)}%`;
function LevelScale({ profile: profile2, density: density2, letter }) {
  return /* @__PURE__ */ u$1("div", { class: "scale", children: [
    /* @__PURE__ */ u$1("div", { class: "scale-bar", children: [
      LETTERS.map((step) => /* @__PURE__ */ u$1("span", { class: step === letter ? `step step-${step}` : "step", children: step }, step)),
      density2 !== null && /* @__PURE__ */ u$1(
        "i",
        {
          class: "scale-now",
          style: { left: percent(placeOnScale(profile2.begins_at, density2)) }
        }
      )
    ] }),
    /* @__PURE__ */ u$1("div", { class: "scale-bounds", children: profile2.begins_at.map((bound, index) => /* @__PURE__ */ u$1("span", { style: { left: percent((index + 1) / LETTERS.length) }, children: plain(bound) }, index)) })
  ] });
}
const WIDTH = 100;
const HEIGHT = 24;
function topOf(history2, full) {
  const most = history2.density.reduce((max, value) => Math.max(max, value ?? 0), 0);
  return Math.max(full * 0.5, most * 1.15);
}
function paths(history2, scale) {
  const top = topOf(history2, scale.full);
  const shown2 = Math.floor(scale.spanMinutes * 6e4 / history2.step) + 1;
  const points = history2.density.slice(-shown2);
  const x2 = (index) => WIDTH - (points.length - 1 - index) * history2.step / (scale.spanMinutes * 6e4) * WIDTH;
  const y2 = (value) => HEIGHT - Math.max(0, value) / top * (HEIGHT - 1) - 0.5;
  let line = "";
  let area = "";
  let start = -1;
  points.forEach((value, index) => {
    if (value === null) return;
    const place = `${x2(index).toFixed(2)} ${y2(value).toFixed(2)}`;
    const first = index === 0 || points[index - 1] === null;
    const last = index === points.length - 1 || points[index + 1] === null;
    if (first) start = index;
    line += `${first ? "M" : "L"}${place}`;
    area += first ? `M${x2(index).toFixed(2)} ${HEIGHT}L${place}` : `L${place}`;
    if (last) area += `V${HEIGHT}H${x2(start).toFixed(2)}Z`;
  });
  return { line, area };
}
function Trend({ history: history2, spanMinutes: spanMinutes2, full }) {
  if (!history2) return /* @__PURE__ */ u$1("svg", { class: "trend", "aria-hidden": "true" });
  const { line, area } = paths(history2, { spanMinutes: spanMinutes2, full });
  const limit = HEIGHT - full / topOf(history2, full) * (HEIGHT - 1) - 0.5;
  return /* @__PURE__ */ u$1(
    "svg",
    {
      class: "trend",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
      children: [
        /* @__PURE__ */ u$1("path", { class: "trend-area", d: area }),
        limit >= 0 && /* @__PURE__ */ u$1("path", { class: "trend-limit", d: `M0 ${limit.toFixed(2)}H${WIDTH}` }),
        /* @__PURE__ */ u$1("path", { class: "trend-line", d: line })
      ]
    }
  );
}
function DetailPane({ row, spanMinutes: spanMinutes2, onClose }) {
  const { zone: zone2, venue: venue2, view } = row;
  return /* @__PURE__ */ u$1("aside", { class: `detail is-${row.severity}`, "aria-labelledby": "detail-title", children: [
    /* @__PURE__ */ u$1("div", { class: "detail-head", children: [
      /* @__PURE__ */ u$1("div", { children: [
        /* @__PURE__ */ u$1("h2", { id: "detail-title", children: zone2.name }),
        /* @__PURE__ */ u$1("p", { class: "note", children: [
          venue2.name,
          " · ",
          zone2.kind,
          " · ",
          SEVERITY_WORD[row.severity].toLowerCase()
        ] })
      ] }),
      /* @__PURE__ */ u$1("button", { type: "button", onClick: onClose, children: [
        "Close ",
        /* @__PURE__ */ u$1("kbd", { children: "Esc" })
      ] })
    ] }),
    /* @__PURE__ */ u$1("div", { class: `detail-scroll${row.hasData ? "" : " has-no-data"}`, children: [
      /* @__PURE__ */ u$1("p", { class: "detail-now", children: [
        /* @__PURE__ */ u$1(LevelChip, { letter: row.letter }),
        /* @__PURE__ */ u$1("span", { children: [
          /* @__PURE__ */ u$1("b", { children: density(row.density) }),
          " people/m²",
          /* @__PURE__ */ u$1("small", { children: [
            row.letter ? LETTER_WORD[row.letter] : `No data${past(row)}`,
            row.direction && `, ${row.direction}`,
            " ",
            /* @__PURE__ */ u$1(Arrow, { direction: row.direction })
          ] })
        ] })
      ] }),
      !row.hasData && /* @__PURE__ */ u$1("p", { class: "why", children: whyNoData(row) }),
      /* @__PURE__ */ u$1(
        LevelScale,
        {
          profile: zone2.profile,
          density: row.hasData ? row.density : null,
          letter: row.letter
        }
      ),
      /* @__PURE__ */ u$1(BigTrend, { row, spanMinutes: spanMinutes2 }),
      /* @__PURE__ */ u$1("dl", { children: [
        /* @__PURE__ */ u$1("dt", { children: "People" }),
        /* @__PURE__ */ u$1("dd", { children: [
          people(row.people),
          zone2.capacity !== null && ` of ${people(zone2.capacity)}`,
          zone2.capacity !== null && row.people !== null && /* @__PURE__ */ u$1("span", { class: "quiet", children: [
            " (",
            Math.round(100 * row.people / zone2.capacity),
            " %)"
          ] })
        ] }),
        /* @__PURE__ */ u$1("dt", { children: "Area" }),
        /* @__PURE__ */ u$1("dd", { children: [
          plain(zone2.area_m2),
          " m²"
        ] }),
        /* @__PURE__ */ u$1("dt", { children: "Flow" }),
        /* @__PURE__ */ u$1("dd", { children: [
          flow(row.inflow),
          " in, ",
          flow(row.outflow),
          " out",
          " ",
          /* @__PURE__ */ u$1("span", { class: "quiet", children: "per min" })
        ] }),
        /* @__PURE__ */ u$1("dt", { children: "Window" }),
        /* @__PURE__ */ u$1("dd", { children: windowOf(row) }),
        /* @__PURE__ */ u$1(Openings, { row, venue: venue2 }),
        /* @__PURE__ */ u$1("dt", { children: "Quality" }),
        /* @__PURE__ */ u$1("dd", { children: view?.quality === "QUALITY_GOOD" && row.hasData ? "All sensors of the zone speak." : (view?.quality_reasons ?? []).map(qualityReason).join(" ") || whyNoData(row) }),
        /* @__PURE__ */ u$1("dt", { children: "Profile" }),
        /* @__PURE__ */ u$1("dd", { children: [
          zone2.profile.name,
          zone2.profile.limit !== null && `, limit ${plain(zone2.profile.limit)} people/m²`,
          /* @__PURE__ */ u$1("span", { class: "quiet source", children: squared(zone2.profile.source) })
        ] })
      ] })
    ] })
  ] });
}
const past = (row) => row.density === null || row.ageMs === null ? "" : `, this is ${age(row.ageMs)} old`;
function windowOf({ view, venue: venue2, hasData }) {
  if (!view?.window_end || !view.density || !hasData) return NOTHING;
  const end = clockTime(Date.parse(view.window_end), venue2.time_zone);
  const { mean: mean2, maximum } = view.density;
  const length = view.window_start ? (Date.parse(view.window_end) - Date.parse(view.window_start)) / 1e3 : venue2.shortest_window_s;
  const spread = `mean ${density(mean2)}, highest ${density(maximum)}`;
  return `${plain(length)} s to ${end}: ${spread}`;
}
function BigTrend({ row, spanMinutes: spanMinutes2 }) {
  const full = reference(row.zone);
  const top = row.history ? topOf(row.history, full) : full;
  const mark = Math.min(full, top);
  return /* @__PURE__ */ u$1("figure", { class: `big-trend is-${row.severity}`, children: [
    /* @__PURE__ */ u$1("div", { class: "big-trend-plot", children: [
      /* @__PURE__ */ u$1(Trend, { history: row.history, spanMinutes: spanMinutes2, full }),
      /* @__PURE__ */ u$1("span", { class: "big-trend-mark", style: { bottom: `${(mark / top * 100).toFixed(1)}%` }, children: plain(mark) })
    ] }),
    /* @__PURE__ */ u$1("figcaption", { children: [
      /* @__PURE__ */ u$1("span", { children: [
        spanMinutes2,
        " min ago"
      ] }),
      /* @__PURE__ */ u$1("span", { children: "people/m²" }),
      /* @__PURE__ */ u$1("span", { children: "now" })
    ] })
  ] });
}
function Openings({ row, venue: venue2 }) {
  const flows = row.hasData ? row.view?.specific_flow ?? [] : [];
  if (flows.length === 0) return null;
  const name = (id) => {
    const opening2 = venue2.openings.find((candidate) => candidate.id === id);
    return opening2?.name || id;
  };
  return /* @__PURE__ */ u$1(S, { children: [
    /* @__PURE__ */ u$1("dt", { children: "Openings" }),
    /* @__PURE__ */ u$1("dd", { children: [
      flows.map((flow2) => /* @__PURE__ */ u$1("span", { class: "opening", children: [
        name(flow2.opening_id),
        " ",
        /* @__PURE__ */ u$1("span", { children: [
          plain(flow2.people_per_metre_per_minute),
          " "
        ] })
      ] }, flow2.opening_id)),
      /* @__PURE__ */ u$1("span", { class: "quiet", children: "people per metre and minute" })
    ] })
  ] });
}
function Header(props) {
  const { live: live2, view, headline: headline2, note, timeZone, pausedAt, onPause, onHelp } = props;
  const clock2 = siteTime(view.now, timeZone);
  const lost = live2.link === "lost";
  return /* @__PURE__ */ u$1("header", { class: `top tone-${headline2.tone}`, children: [
    /* @__PURE__ */ u$1("div", { class: "headline", children: [
      /* @__PURE__ */ u$1(SeveritySymbol, { severity: headline2.tone }),
      /* @__PURE__ */ u$1("div", { children: [
        /* @__PURE__ */ u$1("p", { class: "note", title: note, children: note }),
        /* @__PURE__ */ u$1("h1", { title: headline2.text, children: headline2.text })
      ] })
    ] }),
    /* @__PURE__ */ u$1("div", { class: "clock", children: [
      /* @__PURE__ */ u$1("time", { children: [
        clock2.time,
        " ",
        /* @__PURE__ */ u$1("small", { children: clock2.zone })
      ] }),
      /* @__PURE__ */ u$1("p", { children: [
        /* @__PURE__ */ u$1(LinkState, { link: pausedAt !== null && !lost ? "paused" : live2.link }),
        /* @__PURE__ */ u$1("span", { class: "data-age", children: view.dataAgeMs === null ? "no data yet" : `data ${age(view.dataAgeMs)} old` }),
        live2.misread > 0 && /* @__PURE__ */ u$1("span", { class: "misread", title: "See the help for what was wrong", children: [
          " ",
          "· ",
          count(live2.misread, "frame"),
          " unreadable"
        ] })
      ] })
    ] }),
    /* @__PURE__ */ u$1("div", { class: "actions", children: [
      /* @__PURE__ */ u$1(
        "button",
        {
          type: "button",
          "aria-pressed": pausedAt !== null,
          onClick: onPause,
          disabled: lost && pausedAt === null,
          children: [
            pausedAt === null ? "Pause" : "Go on",
            " ",
            /* @__PURE__ */ u$1("kbd", { children: "p" })
          ]
        }
      ),
      /* @__PURE__ */ u$1("button", { type: "button", onClick: onHelp, children: [
        "Help ",
        /* @__PURE__ */ u$1("kbd", { children: "?" })
      ] })
    ] })
  ] });
}
const LINK_WORD = { connecting: "Connecting", live: "Live", lost: "Lost", paused: "Paused" };
function LinkState({ link }) {
  return /* @__PURE__ */ u$1("span", { class: `link-state link-${link}`, children: [
    /* @__PURE__ */ u$1("svg", { viewBox: "0 0 12 12", "aria-hidden": "true", children: [
      link === "live" && /* @__PURE__ */ u$1("circle", { cx: "6", cy: "6", r: "4.5", class: "solid" }),
      link === "connecting" && /* @__PURE__ */ u$1("circle", { cx: "6", cy: "6", r: "4" }),
      link === "paused" && /* @__PURE__ */ u$1("path", { d: "M4 2v8M8 2v8" }),
      link === "lost" && /* @__PURE__ */ u$1("path", { d: "M2 2l8 8M10 2l-8 8" })
    ] }),
    LINK_WORD[link]
  ] });
}
const KEYS = [
  ["/", "find a zone"],
  ["↑ ↓", "move through the zones"],
  ["Enter", "open the zone’s detail"],
  ["Esc", "close the detail, clear the filter"],
  ["p", "hold the table still, or let it go on"],
  ["?", "this help"]
];
function Help({ live: live2, onClose }) {
  const dialog = A(null);
  h(() => {
    dialog.current?.showModal();
  }, []);
  return /* @__PURE__ */ u$1("dialog", { class: "help", ref: dialog, onClose, "aria-labelledby": "help-title", children: [
    /* @__PURE__ */ u$1("div", { class: "detail-head", children: [
      /* @__PURE__ */ u$1("h2", { id: "help-title", children: "How to read this page" }),
      /* @__PURE__ */ u$1("button", { type: "button", onClick: () => dialog.current?.close(), children: [
        "Close ",
        /* @__PURE__ */ u$1("kbd", { children: "Esc" })
      ] })
    ] }),
    /* @__PURE__ */ u$1("div", { class: "help-columns", children: [
      /* @__PURE__ */ u$1("div", { children: [
        /* @__PURE__ */ u$1("h3", { children: "Level of service" }),
        /* @__PURE__ */ u$1("ul", { class: "legend", children: [
          Object.keys(LETTER_WORD).map((letter) => /* @__PURE__ */ u$1("li", { children: [
            /* @__PURE__ */ u$1(LevelChip, { letter }),
            " ",
            LETTER_WORD[letter]
          ] }, letter)),
          /* @__PURE__ */ u$1("li", { children: [
            /* @__PURE__ */ u$1(LevelChip, { letter: null }),
            " No data: never read it as empty"
          ] })
        ] })
      ] }),
      /* @__PURE__ */ u$1("div", { children: [
        /* @__PURE__ */ u$1("h3", { children: "Alarms" }),
        /* @__PURE__ */ u$1("ul", { class: "legend", children: Object.keys(PRIORITY_WORD).map((priority) => /* @__PURE__ */ u$1("li", { children: [
          /* @__PURE__ */ u$1(PrioritySymbol, { priority }),
          " ",
          PRIORITY_WORD[priority]
        ] }, priority)) }),
        /* @__PURE__ */ u$1("h3", { children: "Zones" }),
        /* @__PURE__ */ u$1("ul", { class: "legend", children: /* @__PURE__ */ u$1("li", { children: [
          /* @__PURE__ */ u$1(SeveritySymbol, { severity: "warning" }),
          " Warning: an alarm below critical, level E or F, or at the limit"
        ] }) })
      ] }),
      /* @__PURE__ */ u$1("div", { children: [
        /* @__PURE__ */ u$1("h3", { children: "Keys" }),
        /* @__PURE__ */ u$1("dl", { class: "keys", children: KEYS.map(([key, meaning]) => /* @__PURE__ */ u$1("div", { children: [
          /* @__PURE__ */ u$1("dt", { children: /* @__PURE__ */ u$1("kbd", { children: key }) }),
          /* @__PURE__ */ u$1("dd", { children: meaning })
        ] }, key)) })
      ] })
    ] }),
    /* @__PURE__ */ u$1("p", { class: "note", children: "Pausing holds the table; the sentence at the top, the counts, the alarms and the tab’s icon go on. ≈ before a density: it holds with a reservation. The bar beside it is full at 125 % of the zone’s limit." }),
    /* @__PURE__ */ u$1("p", { class: "note", children: [
      "crowdflow ",
      live2.version || "not heard yet",
      live2.lastMisread && ` · last unreadable frame: ${live2.lastMisread}`
    ] })
  ] });
}
const MOVES = {
  ArrowDown: "next",
  ArrowUp: "previous",
  Home: "first",
  End: "last"
};
function useKeys(keys) {
  const newest = A(keys);
  newest.current = keys;
  h(() => {
    const press = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (document.querySelector("dialog[open]")) return;
      if (act(event, newest.current)) event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
function act(event, keys) {
  const typing = event.target instanceof HTMLInputElement;
  const move = MOVES[event.key];
  if (event.key === "Escape") keys.close();
  else if (move && (!typing || event.key === "ArrowDown")) keys.move(move);
  else if (typing) return false;
  else if (event.key === "/") keys.find();
  else if (event.key === "p") keys.pause();
  else if (event.key === "?") keys.help();
  else return false;
  return true;
}
function Screen({ symbol, title, children }) {
  return /* @__PURE__ */ u$1("main", { class: "screen", children: [
    symbol && /* @__PURE__ */ u$1(SeveritySymbol, { severity: symbol }),
    /* @__PURE__ */ u$1("h1", { children: title }),
    children
  ] });
}
const Loading = () => /* @__PURE__ */ u$1(Screen, { title: "Connecting", children: /* @__PURE__ */ u$1("p", { children: [
  "Waiting for the first picture from ",
  location.host,
  "."
] }) });
const Unreachable = ({ reason }) => /* @__PURE__ */ u$1(Screen, { symbol: "lost", title: "The console cannot be reached", children: [
  /* @__PURE__ */ u$1("p", { children: [
    location.host,
    ": ",
    reason ?? "no answer yet",
    ". This page keeps trying by itself."
  ] }),
  /* @__PURE__ */ u$1("p", { class: "quiet", children: [
    "Is ",
    /* @__PURE__ */ u$1("code", { children: "crowdflow" }),
    " running there? ",
    /* @__PURE__ */ u$1("code", { children: [
      "curl ",
      location.origin,
      "/healthz"
    ] }),
    " tells."
  ] })
] });
const NoVenue = ({ version }) => /* @__PURE__ */ u$1(Screen, { symbol: "no-data", title: "No venue yet", children: [
  /* @__PURE__ */ u$1("p", { children: [
    "crowdflow ",
    version,
    " is connected and knows no venue, so there are no zones to show."
  ] }),
  /* @__PURE__ */ u$1("p", { class: "quiet", children: [
    "Start it with a venue file: ",
    /* @__PURE__ */ u$1("code", { children: "crowdflow run --config FILE" }),
    ", or look at a simulated one: ",
    /* @__PURE__ */ u$1("code", { children: "crowdflow demo" }),
    ". This page follows by itself."
  ] })
] });
const Failed = ({ error }) => /* @__PURE__ */ u$1(Screen, { symbol: "lost", title: "This page has failed", children: [
  /* @__PURE__ */ u$1("p", { children: "Nothing on it can be relied on. The alarms themselves are not affected." }),
  /* @__PURE__ */ u$1("p", { class: "quiet", children: error }),
  /* @__PURE__ */ u$1("button", { type: "button", onClick: () => location.reload(), children: "Load the page again" })
] });
const IDLE_MS = 3e4;
function useHold(table) {
  const inside = A(false);
  const moved2 = A(-Infinity);
  h(() => {
    const element = table.current;
    if (!element) return;
    const enter = () => {
      inside.current = true;
      moved2.current = performance.now();
    };
    const leave = () => {
      inside.current = false;
    };
    const touch = () => {
      moved2.current = performance.now();
    };
    element.addEventListener("pointerenter", enter);
    element.addEventListener("pointermove", enter);
    element.addEventListener("pointerleave", leave);
    element.addEventListener("focusin", touch);
    element.addEventListener("keydown", touch);
    return () => {
      element.removeEventListener("pointerenter", enter);
      element.removeEventListener("pointermove", enter);
      element.removeEventListener("pointerleave", leave);
      element.removeEventListener("focusin", touch);
      element.removeEventListener("keydown", touch);
    };
  }, []);
  return () => {
    const element = table.current;
    const focused = element?.contains(document.activeElement) ?? false;
    return (inside.current || focused) && performance.now() - moved2.current < IDLE_MS;
  };
}
const BUCKET = 0.1;
const HOLD = 0.05;
function bucket(before, load) {
  if (load === null) return -1;
  if (before !== void 0 && before >= 0) {
    if (load >= before * BUCKET - HOLD && load < (before + 1) * BUCKET + HOLD) return before;
  }
  return Math.floor(load / BUCKET);
}
const noOrder = { keys: [], buckets: /* @__PURE__ */ new Map() };
function worstFirst(before, rows) {
  const buckets = new Map(
    rows.map((row) => [row.key, bucket(before.buckets.get(row.key), row.load)])
  );
  const sorted = [...rows].sort(
    (a2, b2) => severityRank(b2.severity) - severityRank(a2.severity) || priorityRank(b2.priority) - priorityRank(a2.priority) || buckets.get(b2.key) - buckets.get(a2.key) || a2.index - b2.index
  );
  return { keys: sorted.map((row) => row.key), buckets };
}
function heldOrder(shown2, wanted) {
  const there = new Set(wanted);
  const kept = shown2.filter((key) => there.has(key));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((key) => !known.has(key))];
}
const sameOrder = (a2, b2) => a2.length === b2.length && a2.every((key, index) => key === b2[index]);
const SHOWN = [
  "venue",
  "zone",
  "severity",
  "hasData",
  "priority",
  "letter",
  "density",
  "people",
  "inflow",
  "outflow",
  "degraded",
  "history",
  "direction"
];
function looksTheSame(a2, b2) {
  return a2.href === b2.href && a2.open === b2.open && a2.current === b2.current && a2.spanMinutes === b2.spanMinutes && a2.showVenue === b2.showVenue && age(a2.row.ageMs) === age(b2.row.ageMs) && SHOWN.every((field) => a2.row[field] === b2.row[field]);
}
class ZoneRow extends C$1 {
  shouldComponentUpdate(next) {
    return !looksTheSame(this.props, next);
  }
  render({ row, href, open, current, spanMinutes: spanMinutes2, showVenue, onCurrent }) {
    const full = reference(row.zone);
    return /* @__PURE__ */ u$1(
      "tr",
      {
        class: `zone is-${row.severity}${row.hasData ? "" : " has-no-data"}`,
        "data-zone": row.key,
        "data-open": open,
        title: row.hasData ? void 0 : whyNoData(row),
        onClick: () => {
          location.hash = href;
        },
        children: [
          /* @__PURE__ */ u$1("th", { scope: "row", children: [
            /* @__PURE__ */ u$1(
              "a",
              {
                href,
                tabIndex: current ? 0 : -1,
                "aria-current": open ? "true" : void 0,
                onFocus: () => onCurrent(row.key),
                children: row.zone.name
              }
            ),
            row.priority && /* @__PURE__ */ u$1(
              PrioritySymbol,
              {
                priority: row.priority,
                title: `${PRIORITY_WORD[row.priority]} alarm open`
              }
            )
          ] }),
          showVenue && /* @__PURE__ */ u$1("td", { class: "venue", children: row.venue.name }),
          /* @__PURE__ */ u$1("td", { children: /* @__PURE__ */ u$1(Level, { letter: row.letter }) }),
          /* @__PURE__ */ u$1("td", { class: "bar-cell", children: /* @__PURE__ */ u$1(Bar, { load: row.load }) }),
          /* @__PURE__ */ u$1("td", { class: "number density", children: [
            row.degraded && /* @__PURE__ */ u$1("span", { title: "Holds with a reservation: open the zone for it", children: "≈ " }),
            density(row.density)
          ] }),
          /* @__PURE__ */ u$1("td", { class: "number", children: people(row.people) }),
          /* @__PURE__ */ u$1(Flow, { value: row.inflow }),
          /* @__PURE__ */ u$1(Flow, { value: row.outflow }),
          /* @__PURE__ */ u$1("td", { class: "trend-cell", children: /* @__PURE__ */ u$1(Trend, { history: row.history, spanMinutes: spanMinutes2, full }) }),
          /* @__PURE__ */ u$1("td", { class: "arrow-cell", children: /* @__PURE__ */ u$1(Arrow, { direction: row.direction }) }),
          /* @__PURE__ */ u$1("td", { class: "number age", children: age(row.ageMs) })
        ]
      }
    );
  }
}
function Flow({ value }) {
  const shown2 = flow(value);
  return /* @__PURE__ */ u$1("td", { class: `number flow${shown2 === "0" ? " is-zero" : ""}`, children: shown2 });
}
function Bar({ load }) {
  const share = Math.min(1, (load ?? 0) / 1.25);
  return /* @__PURE__ */ u$1("span", { class: "bar", "aria-hidden": "true", children: /* @__PURE__ */ u$1("span", { class: "bar-fill", style: { width: `${(share * 100).toFixed(1)}%` } }) });
}
function ZonesTable({ view, place, current, onCurrent, onShowAll }) {
  const panel = A(null);
  const isHeld = useHold(panel);
  const order = A(noOrder);
  const shown2 = A([]);
  useKeptFocus(panel);
  order.current = worstFirst(order.current, view.rows);
  const wanted = order.current.keys;
  shown2.current = isHeld() ? heldOrder(shown2.current, wanted) : wanted;
  const held = !sameOrder(shown2.current, wanted);
  const byKey = new Map(view.rows.map((row) => [row.key, row]));
  const rows = shown2.current.map((key) => byKey.get(key)).filter((row) => passes(row, place));
  const first = rows.some((row) => row.key === current) ? current : rows[0]?.key ?? null;
  const showVenue = new Set(view.rows.map((row) => row.venue.id)).size > 1;
  return /* @__PURE__ */ u$1("div", { class: `zones${showVenue ? " with-venue" : ""}`, ref: panel, children: /* @__PURE__ */ u$1("div", { class: "zones-scroll", children: [
    /* @__PURE__ */ u$1("table", { children: [
      /* @__PURE__ */ u$1("caption", { class: "unseen", children: "Zones, worst first" }),
      /* @__PURE__ */ u$1("colgroup", { children: [
        /* @__PURE__ */ u$1("col", { class: "col-zone" }),
        showVenue && /* @__PURE__ */ u$1("col", { class: "col-venue" }),
        /* @__PURE__ */ u$1("col", { class: "col-level" }),
        /* @__PURE__ */ u$1("col", { class: "col-bar" }),
        /* @__PURE__ */ u$1("col", { class: "col-density" }),
        /* @__PURE__ */ u$1("col", { class: "col-people" }),
        /* @__PURE__ */ u$1("col", { class: "col-flow" }),
        /* @__PURE__ */ u$1("col", { class: "col-flow" }),
        /* @__PURE__ */ u$1("col", { class: "col-trend" }),
        /* @__PURE__ */ u$1("col", { class: "col-arrow" }),
        /* @__PURE__ */ u$1("col", { class: "col-age" })
      ] }),
      /* @__PURE__ */ u$1("thead", { children: /* @__PURE__ */ u$1("tr", { children: [
        /* @__PURE__ */ u$1("th", { scope: "col", children: [
          "Zone ",
          /* @__PURE__ */ u$1("small", { children: held ? "order held while you point" : "worst first" })
        ] }),
        showVenue && /* @__PURE__ */ u$1("th", { scope: "col", children: "Venue" }),
        /* @__PURE__ */ u$1("th", { scope: "col", children: [
          "Level ",
          /* @__PURE__ */ u$1("small", { children: "of service" })
        ] }),
        /* @__PURE__ */ u$1("th", { scope: "col", class: "bar-cell", children: /* @__PURE__ */ u$1("span", { class: "unseen", children: "Share of the limit" }) }),
        /* @__PURE__ */ u$1("th", { scope: "col", class: "number", children: [
          "Density ",
          /* @__PURE__ */ u$1("small", { children: "people/m²" })
        ] }),
        /* @__PURE__ */ u$1("th", { scope: "col", class: "number", children: [
          "People ",
          /* @__PURE__ */ u$1("small", { children: "present" })
        ] }),
        /* @__PURE__ */ u$1("th", { scope: "col", class: "number flow", children: [
          "In ",
          /* @__PURE__ */ u$1("small", { children: "per min" })
        ] }),
        /* @__PURE__ */ u$1("th", { scope: "col", class: "number flow", children: [
          "Out ",
          /* @__PURE__ */ u$1("small", { children: "per min" })
        ] }),
        /* @__PURE__ */ u$1("th", { scope: "col", class: "trend-cell", colSpan: 2, children: [
          "Trend ",
          /* @__PURE__ */ u$1("small", { children: [
            "last ",
            view.spanMinutes,
            " min"
          ] })
        ] }),
        /* @__PURE__ */ u$1("th", { scope: "col", class: "number age", children: [
          "Age ",
          /* @__PURE__ */ u$1("small", { children: "of data" })
        ] })
      ] }) }),
      /* @__PURE__ */ u$1("tbody", { children: rows.map((row) => /* @__PURE__ */ u$1(
        ZoneRow,
        {
          row,
          href: writePlace({ ...place, zone: row.key }),
          open: place.zone === row.key,
          current: row.key === first,
          spanMinutes: view.spanMinutes,
          showVenue,
          onCurrent
        },
        row.key
      )) })
    ] }),
    rows.length < view.rows.length && /* @__PURE__ */ u$1("p", { class: "filtered", children: [
      rows.length === 0 ? "No zone matches." : `${view.rows.length - rows.length} more zones hidden by the filter.`,
      " ",
      /* @__PURE__ */ u$1("button", { type: "button", class: "link", onClick: onShowAll, children: [
        "Show all ",
        view.rows.length
      ] })
    ] })
  ] }) });
}
function useKeptFocus(panel) {
  const active = document.activeElement;
  const focused = active instanceof HTMLElement && panel.current?.contains(active) ? active : null;
  _(() => {
    if (focused?.isConnected && document.activeElement !== focused) {
      focused.focus({ preventScroll: true });
    }
  });
}
function passes(row, place) {
  return (place.show === null || belongs(row, place.show)) && matches(row, place.find);
}
function usePlace() {
  const [place, setPlace] = d(() => readPlace(location.hash));
  h(() => {
    const moved2 = () => setPlace(readPlace(location.hash));
    addEventListener("hashchange", moved2);
    return () => removeEventListener("hashchange", moved2);
  }, []);
  const go = (next) => {
    history.replaceState(null, "", writePlace(next));
    setPlace(next);
  };
  return [place, go];
}
function useAnnouncement(live2, view) {
  const told = A(/* @__PURE__ */ new Map());
  const [said, setSaid] = d("");
  h(() => {
    const news = changes(told.current, view);
    told.current = summaryOf(view);
    if (live2.link === "lost") setSaid("Connection lost.");
    else if (news) setSaid(news);
  });
  return said;
}
const links = () => [...document.querySelectorAll("tr.zone th a")];
function App({ live: live2, at }) {
  const [place, go] = usePlace();
  const [held, setHeld] = d(null);
  const [current, setCurrent] = d(null);
  const [help, setHelp] = d(false);
  const findBox = A(null);
  const view = look(live2, consoleTime(live2, at));
  const shown2 = held ?? view;
  const headline2 = overall(live2, view);
  const said = useAnnouncement(live2, view);
  const open = shown2.rows.find((row) => row.key === place.zone) ?? null;
  h(() => wear(badgeOf(live2.heard ? view : null, live2.link === "lost", headline2)));
  h(() => {
    const rows = Math.min(28, Math.max(12, shown2.rows.length));
    document.documentElement.style.setProperty("--rows", String(rows));
  }, [shown2.rows.length]);
  const pause = () => setHeld(held ? null : live2.link === "live" ? view : null);
  const close = () => {
    if (place.zone !== null) go({ ...place, zone: null });
    else if (place.find || place.show) go({ show: null, find: "", zone: null });
    else findBox.current?.blur();
  };
  const move = (to) => {
    const all = links();
    const here2 = all.findIndex((link2) => link2 === document.activeElement);
    const index = { next: here2 + 1, previous: here2 - 1, first: 0, last: all.length - 1 }[to];
    const link = all[Math.min(all.length - 1, Math.max(0, index))];
    link?.focus();
    const key = link?.closest("tr")?.dataset.zone;
    if (place.zone !== null && key) go({ ...place, zone: key });
  };
  useKeys({
    find: () => findBox.current?.select(),
    move,
    close,
    pause,
    help: () => setHelp(true)
  });
  const dialog = help && /* @__PURE__ */ u$1(Help, { live: live2, onClose: () => setHelp(false) });
  if (!live2.heard) {
    return /* @__PURE__ */ u$1(S, { children: [
      live2.link === "lost" ? /* @__PURE__ */ u$1(Unreachable, { reason: live2.reason }) : /* @__PURE__ */ u$1(Loading, {}),
      dialog
    ] });
  }
  const note = noteOf(live2, view, held);
  return /* @__PURE__ */ u$1("div", { class: "page", "data-link": live2.link, "data-held": held !== null, "data-detail": open !== null, children: [
    /* @__PURE__ */ u$1(
      Header,
      {
        live: live2,
        view,
        headline: headline2,
        note,
        timeZone: timeZoneOf(live2.venues),
        pausedAt: held?.now ?? null,
        onPause: pause,
        onHelp: () => setHelp(true)
      }
    ),
    live2.venues.length === 0 ? /* @__PURE__ */ u$1(NoVenue, { version: live2.version }) : /* @__PURE__ */ u$1("main", { children: [
      /* @__PURE__ */ u$1(Counts, { view, place, findBox, onPlace: go }),
      /* @__PURE__ */ u$1(
        ZonesTable,
        {
          view: shown2,
          place,
          current,
          onCurrent: setCurrent,
          onShowAll: () => go({ ...place, show: null, find: "" })
        }
      ),
      /* @__PURE__ */ u$1("div", { class: "side", children: [
        /* @__PURE__ */ u$1(AlarmsPanel, { view, place }),
        open && /* @__PURE__ */ u$1(
          DetailPane,
          {
            row: open,
            spanMinutes: shown2.spanMinutes,
            onClose: () => go({ ...place, zone: null })
          }
        )
      ] })
    ] }),
    /* @__PURE__ */ u$1("p", { class: "unseen", role: "status", "aria-live": "polite", children: said }),
    dialog
  ] });
}
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 1e4;
const HEAR_WITHIN_MS = 5e3;
const TICK_MS = 250;
const SETTLED_FRAMES = 8;
function pauseMs(attempt, chance) {
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10));
  return full * (0.75 + chance / 4);
}
function liveAddress(page) {
  const address = new URL("api/v1/live", page);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.hash = "";
  return address.href;
}
class Feed {
  constructor(address, changed) {
    this.address = address;
    this.changed = changed;
    this.connect();
    setInterval(() => this.dispatch({ kind: "tick", at: here() }), TICK_MS);
  }
  live = nothingYet;
  socket = null;
  attempt = 0;
  giveUp = () => {
  };
  connect() {
    this.dispatch({ kind: "connecting" });
    const socket = new WebSocket(this.address);
    this.socket = socket;
    const impatience = setTimeout(() => this.drop("the console does not answer"), HEAR_WITHIN_MS);
    socket.onmessage = (message) => {
      clearTimeout(impatience);
      this.dispatch({ kind: "frame", text: String(message.data), at: here() });
      if (this.live.sequence >= SETTLED_FRAMES) this.attempt = 0;
    };
    socket.onclose = () => this.drop("the console closed the connection");
    socket.onerror = () => this.drop("no connection");
    this.giveUp = () => clearTimeout(impatience);
  }
  dispatch(event) {
    const next = reduce(this.live, event);
    if (next !== this.live || event.kind === "tick") {
      this.live = next;
      this.changed(next);
    }
    if (next.broken !== null) this.drop(next.broken);
  }
  // Ends the present connection, if there is one, and plans the next.
  drop(reason) {
    const socket = this.socket;
    if (!socket) return;
    this.socket = null;
    this.giveUp();
    socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
    setTimeout(() => this.connect(), pauseMs(this.attempt++, Math.random()));
    this.dispatch({ kind: "closed", reason });
  }
}
const HIDDEN_MS = 1e3;
const root = document.getElementById("page");
root.replaceChildren();
class Boundary extends C$1 {
  state = { error: null };
  componentDidCatch(error) {
    this.setState({ error: String(error) });
    wear({ mark: "?", ground: "#5d666f", ink: "#ffffff", title: "? Failed · crowdflow" });
  }
  render() {
    return this.state.error === null ? this.props.children : /* @__PURE__ */ u$1(Failed, { error: this.state.error });
  }
}
let live = nothingYet;
let planned = null;
let shownSecond = -1;
function draw() {
  planned = null;
  const at = here();
  shownSecond = Math.floor(at.wall / 1e3);
  R(
    /* @__PURE__ */ u$1(Boundary, { children: /* @__PURE__ */ u$1(App, { live, at }) }),
    root
  );
}
function plan() {
  if (planned) return;
  if (document.hidden) {
    const timer = setTimeout(draw, HIDDEN_MS);
    planned = () => clearTimeout(timer);
  } else {
    const frame2 = requestAnimationFrame(draw);
    planned = () => cancelAnimationFrame(frame2);
  }
}
document.addEventListener("visibilitychange", () => {
  planned?.();
  planned = null;
  plan();
});
draw();
new Feed(liveAddress(document.baseURI), (next) => {
  const changed = next !== live || Math.floor(Date.now() / 1e3) !== shownSecond;
  live = next;
  if (changed) plan();
});
