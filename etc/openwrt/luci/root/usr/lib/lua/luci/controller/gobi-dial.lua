-- SPDX-License-Identifier: ISC
-- The menu of LuCI 19.07; later ones read /usr/share/luci/menu.d.
module("luci.controller.gobi-dial", package.seeall)

function index()
	if not require("nixio.fs").access("/usr/share/luci/menu.d/luci-base.json") then
		entry({"admin", "status", "gobi-dial"}, view("gobi-dial/status"), _("Cellular modems"), 50)
	end
end
