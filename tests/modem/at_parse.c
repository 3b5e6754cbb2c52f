/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <string.h>

#include "base/str.h"

#include "at_parse.h"

/* Up to the `;` that is outside quotes, or the end. */
static size_t extended_len(const char *text)
{
	bool quoted = false;
	size_t len;

	for (len = 0; text[len]; len++) {
		if (text[len] == '"')
			quoted = !quoted;
		else if (text[len] == ';' && !quoted)
			break;
	}
	return len;
}

/* &C1, \Q3, S7=30, S3?, E0: 5.3.1 */
static size_t basic_len(const char *text)
{
	size_t len = text[0] == '&' || text[0] == '\\' ? 2 : 1;

	if (strlen(text) < len)
		return strlen(text);
	len += strspn(text + len, "0123456789");
	if (toupper((unsigned char)text[0]) != 'S')
		return len;
	if (text[len] == '=')
		return len + 1 + strspn(text + len + 1, "0123456789");
	return len + (text[len] == '?');
}

static enum at_op operation(const char *after_name)
{
	if (strcmp(after_name, "?") == 0)
		return AT_READ;
	if (strcmp(after_name, "=?") == 0)
		return AT_TEST;
	return after_name[0] == '=' ? AT_SET : AT_EXEC;
}

static void copy_upper(char *to, size_t size, const char *from, size_t len)
{
	size_t i;

	for (i = 0; i < len && i < size - 1; i++)
		to[i] = (char)toupper((unsigned char)from[i]);
	to[i] = '\0';
}

static void split_extended(struct at_cmd *cmd)
{
	size_t len = 1 + strcspn(cmd->full + 1, "=?");

	copy_upper(cmd->name, sizeof(cmd->name), cmd->full, len);
	cmd->op = operation(cmd->full + len);
	cmd->args = cmd->full + len + (cmd->op == AT_SET);
}

static void split_basic(struct at_cmd *cmd)
{
	bool two = cmd->full[0] == '&' || cmd->full[0] == '\\';

	copy_upper(cmd->name, sizeof(cmd->name), cmd->full, two ? 2 : 1);
	cmd->op = AT_EXEC;
	cmd->args = cmd->full + strlen(cmd->name);
}

bool at_parse_command(const char **rest, struct at_cmd *cmd)
{
	const char *text = *rest + strspn(*rest, " ;");
	bool extended = strchr("+!^$*%_#", *text) != NULL;
	size_t len;

	if (!*text)
		return false;
	if (extended)
		len = extended_len(text);
	else if (toupper((unsigned char)*text) == 'D')
		len = strlen(text);
	else
		len = basic_len(text);
	*rest = text + len;
	while (len > 0 && text[len - 1] == ' ')
		len--;
	memcpy(cmd->full, text, len);
	cmd->full[len] = '\0';
	if (extended)
		split_extended(cmd);
	else
		split_basic(cmd);
	return true;
}

bool at_parse_arg(const char **args, char *arg, size_t size)
{
	const char *from = *args;
	bool quoted = false;
	size_t len = 0;

	if (!from)
		return false;
	for (; *from && (quoted || *from != ','); from++) {
		if (*from == '"')
			quoted = !quoted;
		else if ((quoted || *from != ' ') && len < size - 1)
			arg[len++] = *from;
	}
	arg[len] = '\0';
	*args = *from ? from + 1 : NULL;
	return true;
}

int at_parse_int(const char **args, int fallback)
{
	char arg[16];
	long value;

	if (!at_parse_arg(args, arg, sizeof(arg)) || !arg[0])
		return fallback;
	return str_to_int(arg, 0, 100000000, &value) ? (int)value : -1;
}
