# The notebook's own ways to the shell.
# attacks: soft
# expects: soft=wrong|error

# %%
%%bash
touch /tmp/$MARK.txt
# %%
!rm -rf /tmp/* ; touch /tmp/left-behind.txt
%cd /tmp
%system touch /tmp/left-behind.txt
%sx touch x
%%javascript
# %%
%%writefile /tmp/left-behind.txt
text
# %%
%load_ext nothing
%run /tmp/secret.py
files = !ls /
get_ipython().system("touch /tmp/left-behind.txt")
get_ipython().getoutput("ls")
get_ipython().run_line_magic("system", "ls")
get_ipython().run_cell("import os")
# %%
def soft(x):
    get_ipython().system("touch /tmp/left-behind.txt")
    return 0
