"""Tools for exercises: specs, public cases, the student's check.

In reading order: ``values`` (what may travel), ``compare``, ``calls``, ``spec``, ``source`` (the
solutions file), ``diagnose``, ``release`` (what students get), ``attempt``, ``report``, ``check``
(the student's side), ``notebook``, ``verify`` (is a set fit to be given out?), ``commands``.
"""
